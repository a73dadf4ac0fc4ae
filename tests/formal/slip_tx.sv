// SPDX-License-Identifier: Apache-2.0
// hwg_slip_tx: decoded as RFC 1055 says, the line holds every byte once, unchanged and in order, after `s_last` its CRC-32
// (worked out here in its plain form), then one END; END and ESC are escaped, nothing else is. Offers stay; a byte is
// offered as soon as it is there and taken after at most ten others. After a reset the first byte is an END.
`default_nettype none
module proof (
    input wire       clk,
    input wire       rst,
    input wire       s_valid,
    input wire [7:0] s_data,
    input wire       s_last,
    input wire       m_ready
);
  localparam [7:0] END = 8'hc0, ESC = 8'hdb, ESC_END = 8'hdc, ESC_ESC = 8'hdd;
  wire       s_ready, m_valid, begun;
  wire [7:0] m_data;
  hwg_slip_tx u_dut (
      .clk(clk), .rst(rst), .s_valid(s_valid), .s_ready(s_ready), .s_data(s_data), .s_last(s_last), .m_valid(m_valid),
      .m_ready(m_ready), .m_data(m_data));
  proof_reset u_reset (.clk(clk), .rst(rst), .begun(begun));
  proof_stream #(.WIDTH(9), .ASSUME(1)) u_source (
      .clk(clk), .rst(rst), .valid(s_valid), .ready(s_ready), .data({s_data, s_last}));
  proof_stream #(.WIDTH(8)) u_sink (.clk(clk), .rst(rst), .valid(m_valid), .ready(m_ready), .data(m_data));
  wire put = s_valid && s_ready, got = m_valid && m_ready;

  // The line, decoded; what has to come: 0 data, 1 to 4 the checksum, 5 END.
  reg        escaped_q;
  reg  [2:0] stage_q;
  reg  [3:0] waits_q;
  wire [7:0] plain  = !escaped_q ? m_data : (m_data == ESC_END) ? END : ESC;
  wire       escape = !escaped_q && m_data == ESC;
  wire       whole   = got && !escape;
  wire [31:0] register, checksum;
  wire [7:0] expected = 8'(checksum >> (8 * (stage_q - 3'd1)));
  proof_crc32 u_crc (
      .clk(clk), .start(stage_q == 3'd5), .valid(put), .data(s_data), .register(register), .checksum(checksum));
  always @(posedge clk) begin
    escaped_q <= !rst && (got ? escape : escaped_q);
    waits_q   <= (rst || !s_valid || s_ready) ? '0 : waits_q + 4'(m_ready);
    if (rst) stage_q <= 3'd5;
    else if (whole) stage_q <= (stage_q == 3'd0) ? 3'(s_last) : (stage_q == 3'd5) ? 3'd0 : stage_q + 3'd1;
  end
  reg twice_q;  // a record was sent since the reset
  always @(posedge clk) twice_q <= !rst && (twice_q || (stage_q == 3'd4 && whole));
  always @* if (begun) begin
    offers: assert (m_valid == (!rst && (s_valid || stage_q != 3'd0)));
    if (rst) silent: assert (!s_ready);
    if (!rst) begin
      if (m_valid && escaped_q) escapes: assert (m_data == ESC_END || m_data == ESC_ESC);
      if (m_valid) ends: assert ((m_data == END) == (stage_q == 3'd5));
      if (m_valid && stage_q == 3'd0 && !escape) unchanged: assert (plain == s_data);
      if (m_valid && stage_q == 3'd0 && escape) not_early: assert (!s_ready && (s_data == END || s_data == ESC));
      if (s_valid) once: assert (put == (whole && stage_q == 3'd0));
      if (whole && stage_q >= 3'd1 && stage_q <= 3'd4) checksum_is: assert (plain == expected);
      no_hang: assert (waits_q <= 4'd10);
      slow: cover (waits_q == 4'd8 && put);
      escaped_checksum: cover (whole && escaped_q && stage_q == 3'd3);
      second: cover (twice_q && stage_q == 3'd1 && whole);
    end
    cut: cover (rst && escaped_q);
  end
endmodule
`default_nettype wire
