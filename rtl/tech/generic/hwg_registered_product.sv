// SPDX-License-Identifier: Apache-2.0
// Signed product of a and w with registers as a hardware multiplier has them: hwg_inferred_product, whose registers of
// equal operands tools share.
//
// latency   a, w at cycle i -> y from cycle i + 1 + IN on; throughput one product a cycle; reset none (data path)
// limits    AW >= 2, WW >= 2; the product is exact
`default_nettype none
module hwg_registered_product #(
    parameter integer AW          = 8,
    parameter integer WW          = 8,
    parameter integer IN          = 1,
    parameter integer MUL_IN_LUTS = 0  // 1: adders in LUTs
) (
    input  wire             clk,
    input  wire [AW-1:0]    a,
    input  wire [WW-1:0]    w,
    output wire [AW+WW-1:0] y
);
  hwg_inferred_product #(.AW(AW), .WW(WW), .IN(IN), .MUL_IN_LUTS(MUL_IN_LUTS)) u_product (
      .clk(clk), .a(a), .w(w), .y(y));
endmodule
`default_nettype wire
