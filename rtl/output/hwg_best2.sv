// SPDX-License-Identifier: Apache-2.0
// Greatest and second greatest of LANES signed values and the index of the greatest (the lowest index wins a tie).
// A registered tree of pairwise comparisons.
//
// latency   clog2(LANES), at least 0: one register a level; throughput one vector a cycle; reset none (data path)
// limits    LANES >= 1; with one lane the second is the least value of the format
`default_nettype none
module hwg_best2 #(
    parameter integer LANES = 11,
    parameter integer VW = 16,
    parameter integer IW = 8
) (
    input  wire                clk,
    input  wire                en,        // stages with no vector in them hold still
    input  wire [LANES*VW-1:0] best_in,
    input  wire [LANES*VW-1:0] second_in,
    input  wire [LANES*IW-1:0] index_in,
    output wire [VW-1:0]       best,
    output wire [VW-1:0]       second,
    output wire [IW-1:0]       index
);
  localparam integer HALF = (LANES + 1) / 2;
  genvar i;
  generate
    if (LANES == 1) begin : gen_leaf
      assign {best, second, index} = {best_in, second_in, index_in};
      wire unused = &{1'b0, clk, en};
    end else begin : gen_level
      reg               en_q;
      always @(posedge clk) en_q <= en;
      reg [HALF*VW-1:0] best_q, second_q;
      reg [HALF*IW-1:0] index_q;
      for (i = 0; i < HALF; i = i + 1) begin : gen_pair
        wire signed [VW-1:0] a = best_in[2*i*VW +: VW];
        wire signed [VW-1:0] a2 = second_in[2*i*VW +: VW];
        if (2 * i + 1 < LANES) begin : gen_two
          wire signed [VW-1:0] b = best_in[(2*i+1)*VW +: VW];
          wire signed [VW-1:0] b2 = second_in[(2*i+1)*VW +: VW];
          always @(posedge clk)
            if (en) begin
              best_q[i*VW +: VW]   <= (a >= b) ? a : b;
              second_q[i*VW +: VW] <= (a >= b) ? (a2 > b ? a2 : b) : (b2 > a ? b2 : a);
              index_q[i*IW +: IW]  <= (a >= b) ? index_in[2*i*IW +: IW] : index_in[(2*i+1)*IW +: IW];
            end
        end else begin : gen_one
          always @(posedge clk)
            if (en) begin
              best_q[i*VW +: VW]   <= a;
              second_q[i*VW +: VW] <= a2;
              index_q[i*IW +: IW]  <= index_in[2*i*IW +: IW];
            end
        end
      end
      hwg_best2 #(.LANES(HALF), .VW(VW), .IW(IW)) u_next (
          .clk(clk), .en(en_q), .best_in(best_q), .second_in(second_q), .index_in(index_q), .best(best), .second(second),
          .index(index));
    end
  endgenerate
endmodule
`default_nettype wire
