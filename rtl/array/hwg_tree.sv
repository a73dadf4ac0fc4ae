// SPDX-License-Identifier: Apache-2.0
// Sum of LANES signed operands and as many carry bits in a tree of two-operand adders, a register after each level.
//
//   sum = y + c: every adder takes one carry bit in, and one bit is left over
//
// latency   x, carry at cycle i -> y, c from cycle i + clog2(LANES) on; throughput one sum a cycle; reset none (data path)
// limits    LANES >= 1; y is exact: XW + clog2(LANES) bits hold the sum with the carries
// technology layer: the structure for synthesis; recursive, one level an instance
`default_nettype none
module hwg_tree #(
    parameter integer LANES = 4,
    parameter integer XW    = 8,
    parameter integer YW    = XW + $clog2(LANES)
) (
    input  wire                clk,
    input  wire [LANES*XW-1:0] x,
    input  wire [LANES-1:0]    carry,
    output wire [YW-1:0]       y,
    output wire                c
);
  localparam integer HALF = (LANES + 1) / 2;
  generate
    if (LANES == 1) begin : gen_leaf
      assign y = x;
      assign c = carry;
      wire unused = &{1'b0, clk};
    end else begin : gen_level
      reg [HALF*(XW+1)-1:0] sum_q;
      reg [HALF-1:0]        carry_q;
      genvar i;
      for (i = 0; i < HALF; i = i + 1) begin : gen_adder
        if (2 * i + 1 < LANES) begin : gen_two  // the carry enters through a bit below the lowest
          wire [XW+1:0] sum = (XW+2)'($signed({x[2*i*XW +: XW], 1'b1}))
                            + (XW+2)'($signed({x[(2*i+1)*XW +: XW], carry[2*i]}));
          wire unused = &{1'b0, sum[0]};
          always @(posedge clk) sum_q[i*(XW+1) +: XW+1] <= sum[XW+1:1];
          always @(posedge clk) carry_q[i] <= carry[2*i+1];
        end else begin : gen_one
          always @(posedge clk) sum_q[i*(XW+1) +: XW+1] <= (XW+1)'($signed(x[2*i*XW +: XW]));
          always @(posedge clk) carry_q[i] <= carry[2*i];
        end
      end
      hwg_tree #(.LANES(HALF), .XW(XW + 1)) u_next (.clk(clk), .x(sum_q), .carry(carry_q), .y(y), .c(c));
    end
  endgenerate
endmodule
`default_nettype wire
