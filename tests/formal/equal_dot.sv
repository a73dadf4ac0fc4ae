// SPDX-License-Identifier: Apache-2.0
// Two versions of hwg_dot: equal at every cycle, and equal to the exact sum of products.
`default_nettype none
module proof #(
    parameter integer LANES = 3,
    parameter integer AW    = 4,
    parameter integer WW    = 3,
    parameter integer MUL_IN_LUTS  = 0
) (
    input wire                clk,
    input wire [LANES*AW-1:0] a,
    input wire [LANES*WW-1:0] w
);
  localparam integer YW = AW + WW + $clog2(LANES);
  wire [YW-1:0] first, second;
  first_hwg_dot #(.LANES(LANES), .AW(AW), .WW(WW)) u_first (.clk(clk), .a(a), .w(w), .y(first));
  second_hwg_dot #(.LANES(LANES), .AW(AW), .WW(WW), .MUL_IN_LUTS(MUL_IN_LUTS)) u_second (.clk(clk), .a(a), .w(w), .y(second));
  integer i, sum;
  always @* begin
    sum = 0;
    for (i = 0; i < LANES; i = i + 1) sum = sum + $signed(a[i*AW +: AW]) * $signed(w[i*WW +: WW]);
  end
  wire [31:0] past;
  wire        there;
  proof_past #(.STAGES(2 + $clog2(LANES)), .WIDTH(32)) u_past (.clk(clk), .now(sum), .past(past), .there(there));
  always @* if (there) begin
    exact: assert (32'($signed(first)) == past);
    equal: assert (first == second);
    greatest: cover ($signed(first) == (LANES << (AW + WW - 2)));
  end
endmodule
`default_nettype wire
