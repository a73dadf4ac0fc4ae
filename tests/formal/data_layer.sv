// SPDX-License-Identifier: Apache-2.0
// hwg_data_layer: every output pixel once, in raster order, with its centre and edges; ready and fed exactly when the
// pixels that its window reads have been issued (LAG more, or all) and written; done after the last, and never stuck.
`default_nettype none
module proof #(
    parameter integer IW    = 3,
    parameter integer IH    = 3,
    parameter integer SLOTS = 11,
    parameter integer SLOT  = 1,
    parameter integer LAG   = 2
) (
    input wire clk,
    input wire rst,
    input wire want_load,
    input wire want_step,
    input wire want_above,
    input wire want_written
);
  localparam integer AW    = $clog2(SLOTS * SLOT);
  localparam integer TOTAL = IW * IH;
  localparam integer CW    = $clog2(TOTAL + 1);
  localparam integer OW    = (IW + 1) / 2, OH = (IH + 1) / 2;
  wire          done, ready, fed, top, bottom, left, right, begun;
  wire [AW-1:0] center;
  // The layer above: a pixel is written after it is issued. A step goes to a job that is ready and fed, two cycles or more
  // after another or a load, as the header says. The reset is the harness's: before the first load nothing is claimed.
  reg           loaded_q, pause_q;
  reg  [CW-1:0] above_q, written_q;
  reg  [3:0]    x_q, y_q;
  wire load    = want_load && !rst;
  wire live    = loaded_q && !load && !rst;
  wire above   = want_above && live && above_q != CW'(TOTAL);
  wire written = want_written && live && written_q != above_q;
  wire step    = want_step && live && ready && fed && !pause_q;
  hwg_data_layer #(.IW(IW), .IH(IH), .SLOTS(SLOTS), .SLOT(SLOT), .LAG(LAG), .AW(AW), .CW(CW)) u_dut (
      .clk(clk), .load(load), .step(step), .done(done), .above(above), .above_done(above_q == CW'(TOTAL)), .ready(ready),
      .written(written), .fed(fed), .center(center), .top(top), .bottom(bottom), .left(left), .right(right));
  proof_reset u_reset (.clk(clk), .rst(rst), .begun(begun));
  wire last_x = x_q == 4'(OW - 1);
  always @(posedge clk) begin
    loaded_q <= !rst && (load || loaded_q);
    pause_q  <= load || step;
    if (load) {above_q, written_q, x_q, y_q} <= '0;
    else begin
      above_q   <= above_q + CW'(above);
      written_q <= written_q + CW'(written);
      if (step) {y_q, x_q} <= last_x ? {y_q + 4'd1, 4'd0} : {y_q, x_q + 4'd1};
    end
  end
  // Input pixel (2x, 2y) is the centre; the last one that the window reads is (2x+1, 2y+1), or the edge.
  wire [7:0] cx = 8'(x_q) * 8'd2, cy = 8'(y_q) * 8'd2;
  wire       at_right = cx == 8'(IW - 1), at_bottom = cy == 8'(IH - 1), over = y_q == 4'(OH);
  wire [7:0] needed = (at_bottom ? cy : cy + 8'd1) * 8'(IW) + (at_right ? cx : cx + 8'd1) + 8'd1;
  wire [7:0] issued = 8'(above_q), there = 8'(written_q);
  always @* if (begun && live) begin
    ends: assert (done == over);
    if (over) no_more: assert (!ready);
    if (!over) begin
      when: assert (ready == (issued >= needed + 8'(LAG) || issued == 8'(TOTAL)));
      is_fed: assert (fed == (there >= needed));
      place: assert (32'(center) == ((32'(cy) * IW + 32'(cx)) % SLOTS) * SLOT);
      if (!pause_q) edges: assert ({top, bottom, left, right} == {y_q == '0, at_bottom, x_q == '0, at_right});
      if (there == 8'(TOTAL)) moves: assert (ready && fed);
    end
    lagged: cover (step && issued != 8'(TOTAL));
    whole: cover (done && there == 8'(TOTAL));
  end
endmodule
`default_nettype wire
