// SPDX-License-Identifier: Apache-2.0
// Two rows of a matrix-vector array that share their multipliers: one product of each from every multiplier.
//
//   weights0 -> [ register ] -+---------+
//   weights1 -> [ register ] -+-> less -+
//                                   dot_pair -> acc0, acc1
//   activations ------------------------+
//
// latency   that of hwg_mac_row
// limits    those of hwg_dot_pair; digits may be -2^(WW-1), whole weights never are
// technology layer: the structure for synthesis; two of hwg_mac_model are its behavioural model
`default_nettype none
module hwg_mac_pair #(
    parameter integer LANES  = 4,
    parameter integer AW     = 8,
    parameter integer WW     = 4,
    parameter integer ACCW   = 24,
    parameter integer DIGITS = 0
) (
    input  wire                           clk,
    input  wire [LANES*WW-1:0]            weights0,
    input  wire [LANES*WW-1:0]            weights1,
    input  wire [LANES*AW-1:0]            data,
    input  wire                           acc_en,
    input  wire                           acc_first,
    input  wire                           acc_digit,
    input  wire [AW+1+$clog2(LANES)-1:0]  data_sum,
    output wire signed [ACCW-1:0]         acc0,
    output wire signed [ACCW-1:0]         acc1
);
  localparam integer YW   = AW + WW + $clog2(LANES);
  localparam integer SUMW = AW + 1 + $clog2(LANES);
  localparam integer HW   = WW + DIGITS;
  reg  [LANES*WW-1:0]  weights0_q, weights1_q;  // on their way to the multipliers
  wire [LANES*HW-1:0]  weights1_less;           // less one where the weight of row 0 is negative
  wire signed [YW-1:0] y0, y1;
  wire                 c1;
  always @(posedge clk) {weights0_q, weights1_q} <= {weights0, weights1};
  genvar i;
  generate
    for (i = 0; i < LANES; i = i + 1) begin : gen_less
      assign weights1_less[i*HW +: HW] = HW'($signed(weights1_q[i*WW +: WW])) - HW'(weights0_q[i*WW+WW-1]);
    end
  endgenerate
  hwg_dot_pair #(.LANES(LANES), .AW(AW), .WW(WW), .FULL(DIGITS), .YW(YW)) u_dot (
      .clk(clk), .a(data), .w0(weights0_q), .w1_less(weights1_less), .y0(y0), .y1(y1), .c1(c1));
  hwg_accumulate #(.YW(YW), .WW(WW), .ACCW(ACCW), .SUMW(SUMW), .DIGITS(DIGITS)) u_accumulate0 (
      .clk(clk), .en(acc_en), .first(acc_first), .digit(acc_digit), .data_sum(data_sum), .y(y0), .c(1'b0), .acc(acc0));
  hwg_accumulate #(.YW(YW), .WW(WW), .ACCW(ACCW), .SUMW(SUMW), .DIGITS(DIGITS)) u_accumulate1 (
      .clk(clk), .en(acc_en), .first(acc_first), .digit(acc_digit), .data_sum(data_sum), .y(y1), .c(c1), .acc(acc1));
endmodule
`default_nettype wire
