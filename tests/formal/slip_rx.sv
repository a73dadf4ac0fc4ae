// SPDX-License-Identifier: Apache-2.0
// hwg_slip_rx on any line: the bytes that RFC 1055 makes of it come out once, in order, a cycle later; a record that is not
// empty ends where its END is. It is good if and only if the checksum over all its bytes says so, no escape was wrong, and
// no error was reported since the END before. In place of hwg_crc32, which the proof of that name is about, stands a smaller
// sum that tells lost, added and exchanged bytes as well: against 32 bits of CRC no solver gets further than nine steps.
`default_nettype none
module hwg_crc32 (
    input  wire        clk,
    input  wire        start,
    input  wire        s_valid,
    input  wire [7:0]  s_data,
    output wire [31:0] crc,
    output wire        residue
);
  reg [7:0] sum_q;
  assign crc     = 32'(sum_q);
  assign residue = sum_q == 8'h5a;
  always @(posedge clk)
    if (start) sum_q <= '0;
    else if (s_valid) sum_q <= {sum_q[6:0], sum_q[7]} ^ s_data;
endmodule

module proof (
    input wire       clk,
    input wire       rst,
    input wire       s_valid,
    input wire       want_error,
    input wire [7:0] s_data
);
  localparam [7:0] END = 8'hc0, ESC = 8'hdb, ESC_END = 8'hdc, ESC_ESC = 8'hdd;
  wire       s_error = want_error && !s_valid;  // hwg_uart_rx gives a byte or an error
  wire       m_valid, m_end, m_good, begun;
  wire [7:0] m_data;
  hwg_slip_rx u_dut (
      .clk(clk), .rst(rst), .s_valid(s_valid), .s_error(s_error), .s_data(s_data), .m_valid(m_valid), .m_data(m_data),
      .m_end(m_end), .m_good(m_good));
  proof_reset u_reset (.clk(clk), .rst(rst), .begun(begun));

  // The byte and the end that are due now; what came since the last END.
  reg        byte_q, end_q, ok_q, wrong_q, alone_q;
  reg  [7:0] data_q;
  reg        escaped_q, some_q, spoiled_q;
  wire       ends   = s_valid && s_data == END;
  wire       escape = s_valid && !escaped_q && s_data == ESC;
  wire       wrong  = s_valid && escaped_q && s_data != ESC_END && s_data != ESC_ESC;
  wire [31:0] unused;
  wire        right;
  hwg_crc32 u_crc (
      .clk(clk), .start(rst || end_q), .s_valid(byte_q), .s_data(data_q), .crc(unused), .residue(right));
  always @(posedge clk)
    if (rst) {byte_q, end_q, escaped_q, some_q, spoiled_q} <= '0;
    else begin
      byte_q <= s_valid && !ends && !escape;
      data_q <= !escaped_q ? s_data : (s_data == ESC_END) ? END : ESC;
      end_q  <= ends && (some_q || spoiled_q);
      ok_q   <= !(spoiled_q || wrong);
      {wrong_q, alone_q} <= {wrong, !some_q};
      if (s_valid) escaped_q <= escape;
      if (s_valid) some_q <= !ends;
      spoiled_q <= !ends && (spoiled_q || wrong || s_error);
    end

  reg escapes_q;
  always @(posedge clk) escapes_q <= !rst && !end_q && (escapes_q || escaped_q);
  always @* if (begun) begin
    on_time: assert (m_valid == byte_q);
    if (byte_q && !wrong_q) unchanged: assert (m_data == data_q);
    ends_there: assert (m_end == end_q);
    if (end_q) good: assert (m_good == (ok_q && right));
    passes: cover (end_q && m_good);
    passes_escaped: cover (end_q && m_good && escapes_q);
    refused: cover (end_q && ok_q && !m_good);
    error_alone: cover (end_q && alone_q);
  end
endmodule
`default_nettype wire
