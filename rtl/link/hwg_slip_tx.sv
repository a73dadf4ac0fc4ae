// SPDX-License-Identifier: Apache-2.0
// Sends records: bytes in, SLIP framing (RFC 1055) with a CRC-32 before the end of each out.
//
//   s (bytes, s_last) -> [ data, checksum, END; escaped ] -> m (to the UART)
//
// latency   none for a byte that needs no escape; a record costs five bytes more, an escaped byte one
// reset     synchronous; afterwards an END is sent, which closes what was cut short
`default_nettype none
module hwg_slip_tx (
    input  wire       clk,
    input  wire       rst,
    input  wire       s_valid,
    output wire       s_ready,
    input  wire [7:0] s_data,
    input  wire       s_last,
    output wire       m_valid,
    input  wire       m_ready,
    output wire [7:0] m_data
);
  localparam [7:0] END = 8'hc0, ESC = 8'hdb, ESC_END = 8'hdc, ESC_ESC = 8'hdd;
  localparam [2:0] DATA = 3'd0, CRC = 3'd1, CLOSE = 3'd5;  // the checksum takes phases 1 to 4
  reg [2:0]   phase_q;
  reg         escape_q;   // the escape itself has been sent
  wire [31:0] crc;
  reg  [7:0]  plain;
  wire special = phase_q != CLOSE && (plain == END || plain == ESC);
  wire whole   = !special || escape_q;
  wire done    = m_valid && m_ready && whole;
  assign m_valid = !rst && (s_valid || phase_q != DATA);
  assign m_data  = !special ? plain : !escape_q ? ESC : (plain == END) ? ESC_END : ESC_ESC;
  assign s_ready = !rst && phase_q == DATA && m_ready && whole;
  wire        residue;
  wire        unused_residue = &{1'b0, residue};
  hwg_crc32 u_crc (
      .clk(clk), .start(phase_q == CLOSE), .s_valid(s_valid && s_ready), .s_data(s_data), .crc(crc),
      .residue(residue));

  always @* begin
    case (phase_q)
      DATA:    plain = s_data;
      CRC:     plain = ~crc[7:0];
      3'd2:    plain = ~crc[15:8];
      3'd3:    plain = ~crc[23:16];
      3'd4:    plain = ~crc[31:24];
      default: plain = END;
    endcase
  end

  always @(posedge clk) begin
    if (rst) begin
      phase_q  <= CLOSE;
      escape_q <= 1'b0;
    end else if (m_valid && m_ready) begin
      escape_q <= special && !escape_q;
      if (done) phase_q <= (phase_q == DATA) ? (s_last ? CRC : DATA) : (phase_q == CLOSE) ? DATA : phase_q + 3'd1;
    end
  end
endmodule
`default_nettype wire
