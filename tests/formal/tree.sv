// SPDX-License-Identifier: Apache-2.0
// hwg_tree: the exact sum of operands and carry bits, clog2(LANES) cycles later; no level overflows.
`default_nettype none
module proof #(
    parameter integer LANES = 5,
    parameter integer XW    = 3
) (
    input wire                clk,
    input wire [LANES*XW-1:0] x,
    input wire [LANES-1:0]    carry
);
  localparam integer YW = XW + $clog2(LANES);
  localparam integer STAGES = $clog2(LANES);
  wire [YW-1:0] y;
  wire          c;
  hwg_tree #(.LANES(LANES), .XW(XW)) u_dut (.clk(clk), .x(x), .carry(carry), .y(y), .c(c));
  integer i, sum;
  always @* begin
    sum = 0;
    for (i = 0; i < LANES; i = i + 1) sum = sum + $signed(x[i*XW +: XW]) + (carry[i] ? 1 : 0);
  end
  wire [31:0] past;
  wire        there;
  proof_past #(.STAGES(STAGES), .WIDTH(32)) u_past (.clk(clk), .now(sum), .past(past), .there(there));
  always @* if (there) begin
    exact: assert (32'($signed(y)) + 32'(c) == past);
    least: cover ($signed(y) == -(LANES << (XW - 1)));
  end
endmodule
`default_nettype wire
