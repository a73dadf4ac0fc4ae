// SPDX-License-Identifier: Apache-2.0
// Dot product of LANES signed activations and LANES signed weights: registered operands and products, then a registered
// tree of two-operand adders.
//
// latency   a, w at cycle i -> y from cycle i + 2 + clog2(LANES) on
// throughput one dot product a cycle; reset none (data path)
// limits    LANES >= 1, AW >= 2, WW >= 2
// technology layer: the default is a behavioural model that fuses products and sum and then delays the result, the
// fastest form for simulation; `SYNTHESIS`, which synthesis tools define, selects the structure. Both are equal.
`default_nettype none
module hwg_dot #(
    parameter integer LANES = 4,
    parameter integer AW    = 8,
    parameter integer WW    = 8,
    parameter integer MUL_IN_LUTS  = 0,  // 1: products of adders, without hardware multipliers
    parameter integer YW    = AW + WW + $clog2(LANES)
) (
    input  wire                clk,
    input  wire [LANES*AW-1:0] a,
    input  wire [LANES*WW-1:0] w,
    output wire [YW-1:0]       y
);
`ifdef SYNTHESIS
  wire [LANES*(AW+WW)-1:0] products;
  wire                     unused;
  genvar i;
  generate
    for (i = 0; i < LANES; i = i + 1) begin : gen_product
      hwg_registered_product #(.AW(AW), .WW(WW), .MUL_IN_LUTS(MUL_IN_LUTS)) u_product (
          .clk(clk), .a(a[i*AW +: AW]), .w(w[i*WW +: WW]), .y(products[i*(AW+WW) +: AW+WW]));
    end
  endgenerate
  hwg_tree #(.LANES(LANES), .XW(AW + WW)) u_tree (
      .clk(clk), .x(products), .carry({LANES{1'b0}}), .y(y), .c(unused));
`else
  localparam integer STAGES = 2 + $clog2(LANES);
  integer sum, j, k;  // 32 bits hold every product and sum: AW + WW + clog2(LANES) <= 32
  (* mem2reg *) reg [YW-1:0] pipe_q [0:STAGES-1];  // registers, for Yosys to know
  always @* begin
    sum = 0;
    for (j = 0; j < LANES; j = j + 1) sum = sum + $signed(a[j*AW +: AW]) * $signed(w[j*WW +: WW]);
  end
  always @(posedge clk) begin
    pipe_q[0] <= YW'(sum);
    for (k = 1; k < STAGES; k = k + 1) pipe_q[k] <= pipe_q[k-1];
  end
  assign y = pipe_q[STAGES-1];
  wire unused_soft = &{1'b0, MUL_IN_LUTS != 0};
`endif
endmodule
`default_nettype wire
