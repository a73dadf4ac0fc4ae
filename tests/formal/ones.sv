// SPDX-License-Identifier: Apache-2.0
// hwg_ones: as many as there are, counted two by two.
`default_nettype none
module proof #(
    parameter integer WIDTH = 4,
    parameter integer OW    = 3
) (
    input wire             clk,
    input wire [WIDTH-1:0] x
);
  wire [OW-1:0] y, without;
  hwg_ones #(.WIDTH(WIDTH), .OW(OW)) u_dut (.x(x), .y(y));
  // Without its lowest one, a number has one less.
  hwg_ones #(.WIDTH(WIDTH), .OW(OW)) u_without (.x(x & (x - 1'b1)), .y(without));
  wire unused = &{1'b0, clk};
  always @* begin
    none: assert (x != '0 || y == '0);
    one_less: assert (x == '0 || y == without + 1'b1);
    all: cover (y == OW'(WIDTH));
  end
endmodule
`default_nettype wire
