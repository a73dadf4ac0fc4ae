// SPDX-License-Identifier: Apache-2.0
// A tap of the x2 up-sampling: a times 9, 3 or 1 (in sixteenths), by one adder. (docs/arithmetic.md, up2)
//
// latency   none (combinational); limits w is 9, 3 or 1
`default_nettype none
module hwg_up2_tap #(
    parameter integer AW = 8
) (
    input  wire [AW-1:0] a,
    input  wire [3:0]    w,
    output wire [AW+3:0] y
);
  wire [AW+3:0] rest = w[3] ? (AW+4)'($signed({a, 3'b000})) : w[1] ? (AW+4)'($signed({a, 1'b0})) : '0;
  wire unused = &{1'b0, w[2], w[0]};  // 0 and 1
  assign y = rest + (AW+4)'($signed(a));
endmodule
`default_nettype wire
