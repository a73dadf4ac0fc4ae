// SPDX-License-Identifier: Apache-2.0
// Dot product of LANES signed activations and LANES signed weights: one product register, then a registered tree of
// two-operand adders.
//
// latency   a, w at cycle i -> y from cycle i + 1 + clog2(LANES) on
// throughput one dot product a cycle; reset none (data path)
// limits    LANES >= 1, AW >= 2, WW >= 2
// technology layer: the default is a behavioural model that fuses products and sum and then delays the result, the
// fastest form for simulation; `HWG_TECH_TREE` selects the structure that is meant for synthesis. Both are equal.
`default_nettype none
module hwg_dot #(
    parameter integer LANES = 4,
    parameter integer AW    = 8,
    parameter integer WW    = 8,
    parameter integer YW    = AW + WW + $clog2(LANES)
) (
    input  wire                clk,
    input  wire [LANES*AW-1:0] a,
    input  wire [LANES*WW-1:0] w,
    output wire [YW-1:0]       y
);
  localparam integer STAGES = 1 + $clog2(LANES);

`ifdef HWG_TECH_TREE
  reg [LANES*(AW+WW)-1:0] product_q;
  genvar i;
  generate
    for (i = 0; i < LANES; i = i + 1) begin : gen_product
      always @(posedge clk)
        product_q[i*(AW+WW) +: AW+WW] <= (AW+WW)'($signed(a[i*AW +: AW]) * $signed(w[i*WW +: WW]));
    end
  endgenerate
  hwg_tree #(.LANES(LANES), .XW(AW + WW)) u_tree (.clk(clk), .x(product_q), .y(y));
`else
  reg signed [YW-1:0] sum;
  reg [STAGES*YW-1:0] pipe_q;
  integer j;
  always @* begin
    sum = '0;
    for (j = 0; j < LANES; j = j + 1) sum = sum + YW'($signed(a[j*AW +: AW]) * $signed(w[j*WW +: WW]));
  end
  generate
    if (STAGES == 1) begin : gen_one
      always @(posedge clk) pipe_q <= sum;
    end else begin : gen_more
      always @(posedge clk) pipe_q <= {pipe_q[(STAGES-1)*YW-1:0], sum};
    end
  endgenerate
  assign y = pipe_q[STAGES*YW-1 -: YW];
`endif
endmodule
`default_nettype wire
