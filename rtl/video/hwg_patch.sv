// SPDX-License-Identifier: Apache-2.0
// Cuts the image into 3x3 patches with stride 2 and zero padding: the operands of the first convolution.
//
//   pixel -> [ two line buffers ] -> column of three -> 3x3 window -> patch FIFO
//
// The scan covers 2*ceil(W/2) x 2*ceil(H/2) positions; those outside the image need no pixel. A patch holds
// 9 taps x {B,G,R}, tap-major from bit 0, each PB bits: x, or 2x-255 where SYMMETRIC (padding stays 0).
// latency   three cycles from the pixel that completes a patch to m_valid; throughput one position a cycle
// reset     synchronous; `load` starts the scan of a frame
// limits    W >= 3: a row is longer than the way from a pixel to the line buffers
`default_nettype none
module hwg_patch #(
    parameter integer W = 480,
    parameter integer H = 360,
    parameter integer SYMMETRIC = 0,
    parameter integer PB = 8,
    parameter integer DEPTH = 16,
    parameter integer LUT_DEPTH = 32  // a memory of up to so many words is LUT RAM
) (
    input  wire             clk,
    input  wire             rst,
    input  wire             load,
    input  wire             s_valid,
    output wire             s_ready,
    input  wire [23:0]      s_data,
    output wire             m_valid,
    input  wire             m_ready,
    output wire [27*PB-1:0] m_data
);
  localparam integer W2 = 2 * ((W + 1) / 2);
  localparam integer H2 = 2 * ((H + 1) / 2);
  localparam integer XW = $clog2(W2);
  localparam integer YW = $clog2(H2);
  localparam integer CW = $clog2(DEPTH + 1);

  reg          active_q;
  reg [XW-1:0] x_q;
  reg [YW-1:0] y_q;
  reg [CW-1:0] reserved_q;  // patches in the FIFO or on their way to it
  reg          all_reserved_q, all_but_one_q;  // of DEPTH
  reg          ready_q;     // s_ready, worked out a cycle ahead: it goes a long way

  reg          last_x_q, last_y_q;
  wire real_pixel = !(W % 2 == 1 && last_x_q) && !(H % 2 == 1 && last_y_q);  // of an odd size the last one is padding
  wire emits      = x_q[0] && y_q[0];
  wire room       = !emits || !all_reserved_q;
  wire step       = real_pixel ? ready_q && s_valid : active_q && room;
  assign s_ready  = ready_q;
  wire reserves     = step && emits && !(m_valid && m_ready);
  wire frees        = !(step && emits) && m_valid && m_ready;
  wire all_reserved = reserves ? all_but_one_q : !frees && all_reserved_q;
  wire row_ends     = step && last_x_q;
  wire active       = load || (active_q && !(row_ends && last_y_q));
  // The next position: whether it is a last one, whether it completes a patch.
  wire last_x       = !load && (step ? 32'(x_q) == W2 - 2 : last_x_q);
  wire last_y       = !load && (row_ends ? 32'(y_q) == H2 - 2 : last_y_q);
  wire completes    = !load && (x_q[0] ^ step) && (y_q[0] ^ row_ends);

  always @(posedge clk) begin
    if (rst) begin
      active_q   <= 1'b0;
      reserved_q <= '0;
      all_reserved_q <= 1'b0;
      all_but_one_q <= DEPTH == 1;
      ready_q    <= 1'b0;
    end else begin
      active_q   <= active;
      if (reserves || frees) begin
        reserved_q    <= reserves ? reserved_q + 1'b1 : reserved_q - 1'b1;
        all_but_one_q <= reserves ? reserved_q == CW'(DEPTH - 2) : all_reserved_q;
      end
      all_reserved_q <= all_reserved;
      ready_q    <= active && (!completes || !all_reserved) && !(W % 2 == 1 && last_x) && !(H % 2 == 1 && last_y);
    end
    if (load || row_ends) x_q <= '0;
    else if (step) x_q <= x_q + 1'b1;
    if (load) y_q <= '0;
    else if (row_ends) y_q <= y_q + 1'b1;
    last_x_q <= last_x;
    last_y_q <= last_y;
  end

  // Pixels in the number format of the network, then the two rows above.
  wire [3*PB-1:0] pixel;
  genvar c;
  generate
    for (c = 0; c < 3; c = c + 1) begin : gen_channel
      if (SYMMETRIC != 0) begin : gen_symmetric
        assign pixel[c*PB +: PB] = real_pixel ? PB'({1'b0, s_data[c*8 +: 8], 1'b0}) - PB'(255) : '0;
      end else begin : gen_unit
        assign pixel[c*PB +: PB] = real_pixel ? PB'(s_data[c*8 +: 8]) : '0;
      end
    end
  endgenerate

  wire [6*PB-1:0] above;
  reg  [3*PB-1:0] pixel1_q, pixel2_q;
  wire            col_valid, col_emits, col_x0, col_y0, col_y1;
  wire [XW-1:0]   col_x;
  hwg_delay #(.STAGES(2), .WIDTH(XW + 4)) u_control (
      .clk(clk), .rst(rst), .s_valid(step),
      .s_data({x_q, emits, x_q == '0, y_q == '0, 32'(y_q) == 1}),
      .m_valid(col_valid), .m_data({col_x, col_emits, col_x0, col_y0, col_y1}));
  hwg_ram #(.WIDTH(6 * PB), .DEPTH(W2), .LUT_DEPTH(LUT_DEPTH)) u_lines (
      .clk(clk), .we(col_valid), .waddr(col_x), .wdata({pixel2_q, above[6*PB-1:3*PB]}),
      .re(step), .raddr(x_q), .rdata(above));
  always @(posedge clk) {pixel2_q, pixel1_q} <= {pixel1_q, pixel};

  wire [9*PB-1:0] column = {pixel2_q, col_y0 ? {3*PB{1'b0}} : above[6*PB-1:3*PB],
                            (col_y0 || col_y1) ? {3*PB{1'b0}} : above[3*PB-1:0]};
  reg  [9*PB-1:0] left_q, middle_q;
  wire [27*PB-1:0] patch;
  always @(posedge clk)
    if (col_valid) begin
      left_q   <= col_x0 ? '0 : middle_q;
      middle_q <= column;
    end
  genvar r;
  generate
    for (r = 0; r < 3; r = r + 1) begin : gen_row
      assign patch[r*9*PB +: 9*PB] = {column[r*3*PB +: 3*PB], middle_q[r*3*PB +: 3*PB], left_q[r*3*PB +: 3*PB]};
    end
  endgenerate

  wire fifo_ready;
  wire [CW-1:0] fifo_count;
  hwg_fifo #(.WIDTH(27 * PB), .DEPTH(DEPTH)) u_patches (
      .clk(clk), .rst(rst), .s_valid(col_valid && col_emits), .s_ready(fifo_ready), .s_data(patch),
      .m_valid(m_valid), .m_ready(m_ready), .m_data(m_data), .count(fifo_count));
  wire unused = &{1'b0, fifo_ready, fifo_count};  // room is reserved before the scan moves
endmodule
`default_nettype wire
