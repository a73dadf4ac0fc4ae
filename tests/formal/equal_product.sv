// SPDX-License-Identifier: Apache-2.0
// Two versions of hwg_product: equal, and the exact product.
`default_nettype none
module proof #(
    parameter integer AW   = 4,
    parameter integer WW   = 4,
    parameter integer MUL_IN_LUTS = 0
) (
    input wire          clk,
    input wire [AW-1:0] a,
    input wire [WW-1:0] w
);
  wire [AW+WW-1:0] first, second;
  first_hwg_product #(.AW(AW), .WW(WW), .MUL_IN_LUTS(MUL_IN_LUTS)) u_first (.clk(clk), .a(a), .w(w), .y(first));
  second_hwg_product #(.AW(AW), .WW(WW), .MUL_IN_LUTS(MUL_IN_LUTS)) u_second (.clk(clk), .a(a), .w(w), .y(second));
  always @* begin
    exact: assert (32'($signed(first)) == 32'($signed(a)) * 32'($signed(w)));
    equal: assert (first == second);
    greatest: cover ($signed(second) == (1 << (AW + WW - 2)));
  end
endmodule
`default_nettype wire
