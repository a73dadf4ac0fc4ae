// SPDX-License-Identifier: Apache-2.0
// What scripts/slang_lint.py has to refuse: Yosys 0.23 gives each of these sums 13 bits where the standard gives P.
`default_nettype none
module narrowing_cast #(
    parameter integer P = 7
) (
    input  wire [12:0] wide,
    output wire [P:0]  in_list,
    output wire        compared,
    output wire [P:0]  named
);
  wire [P-1:0] narrow = P'(wide);
  assign in_list  = {1'b1, P'(wide) - 1'b1};        // line 13
  assign compared = P'(wide) - 1'b1 == {P{1'b1}};   // line 14
  assign named    = {1'b1, narrow - 1'b1};          // this is right
endmodule
`default_nettype wire
