// SPDX-License-Identifier: Apache-2.0
// One stride-2 3x3 layer of the data block: which output pixel comes next, what it needs, where its window lies.
//
// `step` moves to the next pixel at the next cycle; two steps, or a load and a step, are two cycles or more apart.
// `center` is the word address of input pixel (2y, 2x) inside the layer's ring. `above` pulses for each job of the layer
// above, above_done after its last: a job is ready when those of its inputs have been issued, with LAG to spare. `written`
// pulses for each of its pixels that is in memory, in raster order: a job is fed when all that it reads is there. reset by
// load.
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
    input  wire          above,
    input  wire          above_done,
    output wire          ready,
    input  wire          written,
    output wire          fed,
    output reg  [AW-1:0] center,
    output reg           top,      // edges, a cycle late
    output reg           bottom,
    output reg           left,
    output reg           right,
    output reg           last      // of a row
);
  localparam integer OW = (IW + 1) / 2;
  localparam integer OH = (IH + 1) / 2;
  localparam integer RING = SLOTS * SLOT;
  localparam integer ROW_STEP = ((2 * IW) % SLOTS) * SLOT;
  // The window reads up to column 2x+1 of row 2y+1, as far as there are such.
  localparam integer FIRST = (IW > 1) ? 2 : 1;                 // pixels of that row for the first output pixel
  localparam integer BEGIN = ((IH > 1) ? IW : 0) + FIRST;

  reg [12:0]         x_q, y_q;
  reg [AW-1:0]       line_q;   // centre of the row's first pixel
  reg signed [CW:0]  lead_q;   // input pixels written beyond those that the job reads
  reg signed [CW:0]  slack_q;  // jobs of the layer above beyond those needed
  wire [13:0] x2 = {x_q, 1'b0};
  wire [13:0] y2 = {y_q, 1'b0};
  wire last_x = 32'(x_q) == OW - 1;
  wire last_y = 32'(y_q) == OH - 1;
  wire to_edge   = IW % 2 == 1 && 32'(x_q) == OW - 2;          // the next pixel has no column 2x+1
  wire two_rows  = 32'(y2) + 3 < IH;                           // the next row of pixels reads two rows more
  // What a step takes from both counts, and the same when a pixel comes at once: known before the step.
  wire [CW-1:0] further = last_x ? (two_rows ? CW'(IW + FIRST) : CW'(FIRST)) : to_edge ? CW'(1) : CW'(2);
  reg signed [CW:0] less_q, less_one_q;
  always @(posedge clk) begin
    less_q     <= (CW+1)'(0) - $signed({1'b0, further});
    less_one_q <= (CW+1)'(1) - $signed({1'b0, further});
  end
  function signed [CW:0] change(input moves, input comes);
    change = moves ? (comes ? less_one_q : less_q) : $signed({{CW{1'b0}}, comes});
  endfunction

  always @(posedge clk) begin
    top    <= y_q == '0;
    bottom <= 32'(y2) == IH - 1;
    left   <= x_q == '0;
    right  <= 32'(x2) == IW - 1;
    last   <= last_x;
  end
  assign fed    = !lead_q[CW];
  assign ready  = !done && (!slack_q[CW] || above_done);

  function [AW-1:0] forward(input [AW-1:0] from, input [AW-1:0] by);
    reg [AW:0] sum;
    begin
      sum = (AW+1)'(from) + (AW+1)'(by);
      if (sum >= (AW+1)'(RING)) sum = sum - (AW+1)'(RING);
      forward = sum[AW-1:0];
    end
  endfunction

  // Where a step goes is known before it.
  reg [AW-1:0] next_line_q, next_center_q;
  always @(posedge clk) begin
    next_line_q   <= forward(line_q, AW'(ROW_STEP));
    next_center_q <= forward(center, AW'(2 * SLOT));
  end

  always @(posedge clk) begin
    if (load) lead_q <= (CW+1)'(-BEGIN);
    else lead_q <= lead_q + change(step, written);
    if (load) slack_q <= (CW+1)'(-BEGIN - LAG);
    else slack_q <= slack_q + change(step, above);
    if (load) begin
      {x_q, y_q} <= '0;
      line_q <= '0;
      center <= '0;
      done   <= 1'b0;
    end else if (step) begin
      x_q    <= last_x ? '0 : x_q + 1'b1;
      if (last_x) begin
        y_q    <= y_q + 1'b1;
        line_q <= next_line_q;
        center <= next_line_q;
        done   <= last_y;
      end else center <= next_center_q;
    end
  end
endmodule
`default_nettype wire
