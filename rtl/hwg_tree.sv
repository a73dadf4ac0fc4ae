// SPDX-License-Identifier: Apache-2.0
// Sum of LANES signed operands in a tree of two-operand adders, a register after each level.
//
// latency   x at cycle i -> y from cycle i + clog2(LANES) on; throughput one sum a cycle; reset none (data path)
// limits    LANES >= 1; y is exact: XW + clog2(LANES) bits
// technology layer: the structure for synthesis; recursive, one level an instance
`default_nettype none
module hwg_tree #(
    parameter integer LANES = 4,
    parameter integer XW    = 8,
    parameter integer YW    = XW + $clog2(LANES)
) (
    input  wire                clk,
    input  wire [LANES*XW-1:0] x,
    output wire [YW-1:0]       y
);
  localparam integer HALF = (LANES + 1) / 2;
  generate
    if (LANES == 1) begin : gen_leaf
      assign y = x;
      wire unused = &{1'b0, clk};
    end else begin : gen_level
      reg [HALF*(XW+1)-1:0] sum_q;
      integer i;
      always @(posedge clk)
        for (i = 0; i < HALF; i = i + 1)
          if (2 * i + 1 < LANES)
            sum_q[i*(XW+1) +: XW+1] <= (XW+1)'($signed(x[2*i*XW +: XW])) + (XW+1)'($signed(x[(2*i+1)*XW +: XW]));
          else
            sum_q[i*(XW+1) +: XW+1] <= (XW+1)'($signed(x[2*i*XW +: XW]));
      hwg_tree #(.LANES(HALF), .XW(XW + 1)) u_next (.clk(clk), .x(sum_q), .y(y));
    end
  endgenerate
endmodule
`default_nettype wire
