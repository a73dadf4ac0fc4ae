// SPDX-License-Identifier: Apache-2.0
// hwg_dot_pair: each of the two dot products is the exact sum, for every operand that its limits allow.
`default_nettype none
module proof #(
    parameter integer LANES = 2,
    parameter integer AW    = 4,
    parameter integer WW    = 3,
    parameter integer FULL  = 0
) (
    input wire                clk,
    input wire [LANES*AW-1:0] a,
    input wire [LANES*WW-1:0] w0,
    input wire [LANES*WW-1:0] w1
);
  localparam integer YW = AW + WW + $clog2(LANES);
  localparam integer NARROW = (AW + 2 * WW + FULL > 18) ? 1 : 0;  // the low field has a bit less than a product
  localparam integer HW = WW + FULL;
  reg  [LANES*HW-1:0] w1_less;
  wire [YW-1:0] y0, y1;
  wire          c1, there;
  hwg_dot_pair #(.LANES(LANES), .AW(AW), .WW(WW), .FULL(FULL)) u_dut (
      .clk(clk), .a(a), .w0(w0), .w1_less(w1_less), .y0(y0), .y1(y1), .c1(c1));
  localparam [AW-1:0] LEAST_A = 1 << (AW - 1);
  localparam [WW-1:0] LEAST_W = 1 << (WW - 1);
  integer i, sum0, sum1;
  reg     allowed;
  always @* begin
    {sum0, sum1} = '0;
    allowed = 1'b1;
    for (i = 0; i < LANES; i = i + 1) begin
      sum0 = sum0 + $signed(a[i*AW +: AW]) * $signed(w0[i*WW +: WW]);
      sum1 = sum1 + $signed(a[i*AW +: AW]) * $signed(w1[i*WW +: WW]);
      w1_less[i*HW +: HW] = HW'($signed(w1[i*WW +: WW])) - HW'(w0[i*WW+WW-1]);
      if (NARROW != 0 && a[i*AW +: AW] == LEAST_A && w0[i*WW +: WW] == LEAST_W) allowed = 1'b0;
      if (FULL == 0 && w1[i*WW +: WW] == LEAST_W) allowed = 1'b0;
    end
    assume (allowed);
  end
  wire [63:0] past;
  proof_past #(.STAGES(2 + $clog2(LANES)), .WIDTH(64)) u_past (
      .clk(clk), .now({sum1, sum0}), .past(past), .there(there));
  always @* if (there) begin
    low: assert (32'($signed(y0)) == past[31:0]);
    high: assert (32'($signed(y1)) + 32'(c1) == past[63:32]);
    borrows: cover ($signed(y0) < 0 && y1 != '0);
  end
endmodule
`default_nettype wire
