// SPDX-License-Identifier: Apache-2.0
// One row of a matrix-vector array: its dot product and its accumulator.
//
//   weights -> [ register ] -+
//                            dot -> acc
//   activations -------------+
//
// latency   weights at cycle i, activations at i+1 -> acc from cycle i + 4 + clog2(LANES) on (see hwg_mac_array)
// technology layer: the structure for synthesis; hwg_mac_model is its behavioural model
`default_nettype none
module hwg_mac_row #(
    parameter integer LANES  = 4,
    parameter integer AW     = 8,
    parameter integer WW     = 8,
    parameter integer ACCW   = 24,
    parameter integer MUL_IN_LUTS   = 0,   // 1: products of adders
    parameter integer DIGITS = 0
) (
    input  wire                           clk,
    input  wire [LANES*WW-1:0]            weights,
    input  wire [LANES*AW-1:0]            data,
    input  wire                           acc_en,
    input  wire                           acc_first,
    input  wire                           acc_digit,
    input  wire [AW+1+$clog2(LANES)-1:0]  data_sum,
    output wire signed [ACCW-1:0]         acc
);
  localparam integer YW = AW + WW + $clog2(LANES);
  reg  [LANES*WW-1:0]  weights_q;  // on their way to the multipliers
  wire signed [YW-1:0] y;
  always @(posedge clk) weights_q <= weights;
  hwg_dot #(.LANES(LANES), .AW(AW), .WW(WW), .MUL_IN_LUTS(MUL_IN_LUTS), .YW(YW)) u_dot (
      .clk(clk), .a(data), .w(weights_q), .y(y));
  hwg_accumulate #(.YW(YW), .WW(WW), .ACCW(ACCW), .SUMW(AW + 1 + $clog2(LANES)), .DIGITS(DIGITS)) u_accumulate (
      .clk(clk), .en(acc_en), .first(acc_first), .digit(acc_digit), .data_sum(data_sum), .y(y), .c(1'b0), .acc(acc));
endmodule
`default_nettype wire
