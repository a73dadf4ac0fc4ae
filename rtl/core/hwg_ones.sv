// SPDX-License-Identifier: Apache-2.0
// Counts the ones of a few bits.
//
// latency   none (combinational); limits WIDTH < 2^OW, or a bit that is never one
`default_nettype none
module hwg_ones #(
    parameter integer WIDTH = 2,
    parameter integer OW    = 1
) (
    input  wire [WIDTH-1:0] x,
    output reg  [OW-1:0]    y
);
  integer i;
  always @* begin
    y = '0;
    for (i = 0; i < WIDTH; i = i + 1) y = y + OW'(x[i]);
  end
endmodule
`default_nettype wire
