// SPDX-License-Identifier: Apache-2.0
// One stride-2 3x3 layer of the data block: which output pixel comes next, what it needs, where its window lies.
//
// `step` moves to the next pixel at the next cycle. `need` counts input pixels in raster order; `center` is the word
// address of input pixel (2y, 2x) inside the layer's ring. reset by load.
// limits    SLOTS >= 2*IW + 5
`default_nettype none
module hwg_data_layer #(
    parameter integer IW = 240,
    parameter integer IH = 180,
    parameter integer SLOTS = 485,
    parameter integer SLOT  = 1,
    parameter integer LAG   = 2,
    parameter integer AW    = 10,
    parameter integer CW    = 26
) (
    input  wire          clk,
    input  wire          load,
    input  wire          step,
    output reg           done,
    output wire [CW-1:0] need,        // input pixels written before the job may read
    output wire [CW-1:0] need_issue,  // input jobs issued before the job is taken
    output reg  [AW-1:0] center,
    output wire          top,
    output wire          bottom,
    output wire          left,
    output wire          right
);
  localparam integer OW = (IW + 1) / 2;
  localparam integer OH = (IH + 1) / 2;
  localparam integer RING = SLOTS * SLOT;
  localparam integer ROW_STEP = ((2 * IW) % SLOTS) * SLOT;
  localparam integer FIRST_ROW = (IH > 1) ? IW : 0;

  localparam integer LAST_ROW = (IH - 1) * IW;

  reg [12:0]   x_q, y_q;
  reg [CW-1:0] row_q;   // raster index of the last input row that the window reads
  reg [AW-1:0] line_q;  // centre of the row's first pixel
  wire [13:0] x2 = {x_q, 1'b0};
  wire [13:0] y2 = {y_q, 1'b0};
  wire last_x = 32'(x_q) == OW - 1;
  wire last_y = 32'(y_q) == OH - 1;

  assign top    = y_q == '0;
  assign bottom = 32'(y2) == IH - 1;
  assign left   = x_q == '0;
  assign right  = 32'(x2) == IW - 1;
  assign need   = row_q + CW'(x2) + CW'(!right) + CW'(1);
  wire [CW-1:0] later = need + CW'(LAG);
  assign need_issue = (later > CW'(IW * IH)) ? CW'(IW * IH) : later;

  function [AW-1:0] forward(input [AW-1:0] from, input [AW-1:0] by);
    reg [AW:0] sum;
    begin
      sum = (AW+1)'(from) + (AW+1)'(by);
      if (sum >= (AW+1)'(RING)) sum = sum - (AW+1)'(RING);
      forward = sum[AW-1:0];
    end
  endfunction

  always @(posedge clk)
    if (load) begin
      {x_q, y_q} <= '0;
      row_q  <= CW'(FIRST_ROW);
      line_q <= '0;
      center <= '0;
      done   <= 1'b0;
    end else if (step) begin
      x_q <= last_x ? '0 : x_q + 1'b1;
      if (last_x) begin
        y_q    <= y_q + 1'b1;
        row_q  <= (32'(y2) + 3 < IH) ? row_q + CW'(2 * IW) : CW'(LAST_ROW);
        line_q <= forward(line_q, AW'(ROW_STEP));
        center <= forward(line_q, AW'(ROW_STEP));
        done   <= last_y;
      end else center <= forward(center, AW'(2 * SLOT));
    end
endmodule
`default_nettype wire
