// SPDX-License-Identifier: Apache-2.0
// Whether a tap of a 3x3 window lies outside the map: taps in raster order, edges that the centre is at.
//
// latency   none (combinational)
`default_nettype none
module hwg_tap_edges (
    input  wire [3:0] tap,      // 0...8
    input  wire       top,
    input  wire       bottom,
    input  wire       left,
    input  wire       right,
    output wire       outside
);
  wire row0 = tap < 4'd3, row2 = tap > 4'd5;
  wire col0 = tap == 4'd0 || tap == 4'd3 || tap == 4'd6;
  wire col2 = tap == 4'd2 || tap == 4'd5 || tap == 4'd8;
  assign outside = (row0 && top) || (row2 && bottom) || (col0 && left) || (col2 && right);
endmodule
`default_nettype wire
