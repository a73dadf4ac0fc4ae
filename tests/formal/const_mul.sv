// SPDX-License-Identifier: Apache-2.0
// hwg_const_mul: x * FACTOR for every x, or its lower OW bits where fewer are kept.
`default_nettype none
module proof #(
    parameter integer FACTOR = 3,
    parameter integer IW     = 6,
    parameter integer OW     = 8
) (
    input wire          clk,
    input wire [IW-1:0] x
);
  wire [OW-1:0] y;
  wire [63:0]   product = 64'(x) * 64'(FACTOR);
  hwg_const_mul #(.FACTOR(FACTOR), .IW(IW), .OW(OW)) u_dut (.x(x), .y(y));
  wire unused = clk;
  always @* begin
    exact: assert (y == product[OW-1:0]);
    greatest: cover (&x);
  end
endmodule
`default_nettype wire
