// SPDX-License-Identifier: Apache-2.0
// Takes records out of a byte stream: SLIP framing (RFC 1055), CRC-32 in the last four bytes of each.
//
//   s (UART bytes) -> [ unescape ] -> m (bytes of the record, its checksum included), m_end with m_good
//
// latency   one cycle; throughput a byte a cycle; reset synchronous
// limits    empty records are passed over; what `s_error` or a wrong escape spoils ends with m_good low
`default_nettype none
module hwg_slip_rx (
    input  wire       clk,
    input  wire       rst,
    input  wire       s_valid,
    input  wire       s_error,
    input  wire [7:0] s_data,
    output reg        m_valid,
    output reg  [7:0] m_data,
    output reg        m_end,
    output wire       m_good
);
  localparam [7:0] END = 8'hc0, ESC = 8'hdb, ESC_END = 8'hdc, ESC_ESC = 8'hdd;
  reg  escape_q, bad_q, any_q;
  wire residue;
  wire at_end = s_valid && s_data == END;
  wire wrong  = s_error || (s_valid && escape_q && s_data != ESC_END && s_data != ESC_ESC);
  assign m_good = !bad_q && residue;
  wire [31:0] crc;
  wire        unused_crc = &{1'b0, crc};
  hwg_crc32 u_crc (
      .clk(clk), .start(rst || m_end), .s_valid(m_valid), .s_data(m_data), .crc(crc), .residue(residue));

  always @(posedge clk) begin
    m_data <= !escape_q ? s_data : (s_data == ESC_END) ? END : ESC;
    if (rst) begin
      {escape_q, bad_q, any_q, m_valid, m_end} <= '0;
    end else begin
      m_valid <= s_valid && !at_end && (escape_q || s_data != ESC);
      m_end   <= at_end && (any_q || (bad_q && !m_end));  // bad_q: of the record that ended, in the cycle of m_end
      if (s_valid) begin
        escape_q <= !escape_q && s_data == ESC;
        any_q    <= !at_end;
      end
      bad_q <= wrong || (bad_q && !m_end);
    end
  end
endmodule
`default_nettype wire
