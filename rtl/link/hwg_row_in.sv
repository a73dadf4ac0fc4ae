// SPDX-License-Identifier: Apache-2.0
// Rows of pixels from records to the core: a row is passed on only when its record was found whole.
//
//   s (bytes of a record: row number, R G B of each pixel, checksum) -> [ ROWS rows ] -> m (AXI4-Stream Video)
//
// A row's place is free again, and `freed` set for one cycle, once the core has taken its last pixel. Whoever sends no
// more than ROWS rows ahead of that loses none; a row that finds no place is left out and `full` at its end.
// latency   four cycles from `s_take` to the first pixel; throughput a pixel every four cycles
// reset     synchronous, empties it
// limits    ROWS a power of two
`default_nettype none
module hwg_row_in #(
    parameter integer W    = 480,
    parameter integer ROWS = 4
) (
    input  wire        clk,
    input  wire        rst,
    input  wire        s_start,   // before the first byte
    input  wire        s_valid,
    input  wire [7:0]  s_data,
    input  wire        s_take,    // the record was a good one
    output wire        s_length,  // as many bytes as a row and the checksum have
    output wire        full,
    output reg         freed,
    output wire        m_valid,
    input  wire        m_ready,
    output wire [23:0] m_data,
    output wire        m_user,
    output wire        m_last
);
  localparam integer BYTES = 2 + 3 * W + 4;
  localparam integer BW    = $clog2(BYTES + 2);
  localparam integer XW    = $clog2(W + 1);
  localparam integer RW    = $clog2(ROWS);
  localparam integer AW    = $clog2(ROWS * W);

  // ---------------------------------------------------------------- in
  reg [BW-1:0]   bytes_q;
  reg [15:0]     number_q;
  reg [1:0]      colour_q;          // of the byte to come
  reg [15:0]     pixel_q;           // the colours before it
  reg [AW-1:0]   waddr_q;
  reg [AW-1:0]   base_q;            // where the row begins
  reg [RW-1:0]   wrow_q, rrow_q;
  reg [RW:0]     used_q;
  reg            open_q;            // there was room when the record began
  reg [ROWS-1:0] first_q;           // row 0 of an image
  wire           pixels = bytes_q >= BW'(2) && bytes_q < BW'(2 + 3 * W);
  wire           take   = s_take && open_q;
  wire           free;
  assign s_length = bytes_q == BW'(BYTES);
  assign full     = !open_q;

  always @(posedge clk) begin
    if (s_start) begin
      bytes_q  <= '0;
      colour_q <= 2'd0;
      open_q   <= used_q != (RW + 1)'(ROWS);
      waddr_q  <= base_q;
    end else if (s_valid) begin
      if (bytes_q != BW'(BYTES + 1)) bytes_q <= bytes_q + 1'b1;
      if (bytes_q < BW'(2)) number_q <= {s_data, number_q[15:8]};
      if (pixels) begin
        colour_q <= (colour_q == 2'd2) ? 2'd0 : colour_q + 2'd1;
        pixel_q  <= {s_data, pixel_q[15:8]};
        if (colour_q == 2'd2) waddr_q <= waddr_q + 1'b1;
      end
    end
    if (take) first_q[wrow_q] <= number_q == 16'd0;
    if (rst) begin
      base_q <= '0;
      wrow_q <= '0;
      rrow_q <= '0;
      used_q <= '0;
      open_q <= 1'b0;
    end else begin
      if (take) wrow_q <= wrow_q + 1'b1;
      if (take) base_q <= (wrow_q == RW'(ROWS - 1)) ? '0 : base_q + AW'(W);
      if (free) rrow_q <= rrow_q + 1'b1;
      if (take && !free) used_q <= used_q + 1'b1;
      if (free && !take) used_q <= used_q - 1'b1;
    end
  end

  // ---------------------------------------------------------------- out
  localparam [1:0] READ = 2'd0, ARRAY = 2'd1, REGISTER = 2'd2, OFFER = 2'd3;  // the RAM answers after two cycles
  reg [1:0]    step_q;
  reg [XW-1:0] x_q;
  reg [AW-1:0] raddr_q;
  assign m_valid = step_q == OFFER;
  assign m_user  = first_q[rrow_q] && x_q == '0;
  assign m_last  = x_q == XW'(W - 1);
  assign free    = m_valid && m_ready && m_last;
  hwg_ram #(.WIDTH(24), .DEPTH(ROWS * W), .AW(AW)) u_rows (
      .clk(clk), .we(s_valid && pixels && open_q && colour_q == 2'd2), .waddr(waddr_q),
      .wdata({s_data, pixel_q}), .re(step_q == READ), .raddr(raddr_q), .rdata(m_data));

  always @(posedge clk) begin
    freed <= free && !rst;
    if (rst) begin
      step_q  <= READ;
      x_q     <= '0;
      raddr_q <= '0;
    end else case (step_q)
      READ:     if (used_q != '0) step_q <= ARRAY;
      ARRAY:    step_q <= REGISTER;
      REGISTER: step_q <= OFFER;
      default:
        if (m_ready) begin
          step_q  <= READ;
          x_q     <= m_last ? '0 : x_q + 1'b1;
          raddr_q <= (m_last && rrow_q == RW'(ROWS - 1)) ? '0 : raddr_q + 1'b1;
        end
    endcase
  end
endmodule
`default_nettype wire
