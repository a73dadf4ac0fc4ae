// SPDX-License-Identifier: Apache-2.0
// Two versions of hwg_registered_product: equal at every cycle, and the exact product of what came before.
`default_nettype none
module proof #(
    parameter integer AW = 4,
    parameter integer WW = 4,
    parameter integer IN = 1,
    parameter integer MUL_IN_LUTS = 0
) (
    input wire          clk,
    input wire [AW-1:0] a,
    input wire [WW-1:0] w
);
  wire [AW+WW-1:0] first, second;
  first_hwg_registered_product #(.AW(AW), .WW(WW), .IN(IN), .MUL_IN_LUTS(MUL_IN_LUTS)) u_first (.clk(clk), .a(a), .w(w), .y(first));
  second_hwg_registered_product #(.AW(AW), .WW(WW), .IN(IN), .MUL_IN_LUTS(MUL_IN_LUTS)) u_second (.clk(clk), .a(a), .w(w), .y(second));
  wire [31:0] past;
  wire        there;
  proof_past #(.STAGES(1 + IN), .WIDTH(32)) u_past (
      .clk(clk), .now(32'($signed(a)) * 32'($signed(w))), .past(past), .there(there));
  always @* if (there) begin
    exact: assert (32'($signed(first)) == past);
    equal: assert (first == second);
    greatest: cover ($signed(second) == (1 << (AW + WW - 2)));
  end
endmodule
`default_nettype wire
