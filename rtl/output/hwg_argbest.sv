// SPDX-License-Identifier: Apache-2.0
// hwg_best2 with its lanes numbered from 0, and a valid bit with side data beside it.
//
// latency   max(1, clog2(LANES)); reset clears valid bits only
`default_nettype none
module hwg_argbest #(
    parameter integer LANES = 11,
    parameter integer VW = 16,
    parameter integer SIDE = 1
) (
    input  wire                clk,
    input  wire                rst,
    input  wire                s_valid,
    input  wire [LANES*VW-1:0] s_data,
    input  wire [SIDE-1:0]     s_side,
    output wire                m_valid,
    output wire [SIDE-1:0]     m_side,
    output wire [VW-1:0]       best,
    output wire [VW-1:0]       second,
    output wire [7:0]          index
);
  localparam integer STAGES = (LANES > 1) ? $clog2(LANES) : 1;
  wire [LANES*8-1:0] numbers;
  genvar i;
  generate
    for (i = 0; i < LANES; i = i + 1) begin : gen_number
      assign numbers[i*8 +: 8] = 8'(i);
    end
    if (LANES == 1) begin : gen_single
      reg [VW-1:0] only_q;
      always @(posedge clk) only_q <= s_data;
      hwg_best2 #(.LANES(1), .VW(VW), .IW(8)) u_best (
          .clk(clk), .en(s_valid), .best_in(only_q), .second_in(only_q), .index_in(numbers), .best(best), .second(second),
          .index(index));
    end else begin : gen_many
      hwg_best2 #(.LANES(LANES), .VW(VW), .IW(8)) u_best (
          .clk(clk), .en(s_valid), .best_in(s_data), .second_in({LANES{1'b1, {VW-1{1'b0}}}}), .index_in(numbers), .best(best),
          .second(second), .index(index));
    end
  endgenerate
  hwg_delay #(.STAGES(STAGES), .WIDTH(SIDE)) u_side (
      .clk(clk), .rst(rst), .s_valid(s_valid), .s_data(s_side), .m_valid(m_valid), .m_data(m_side));
endmodule
`default_nettype wire
