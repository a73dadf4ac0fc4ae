// SPDX-License-Identifier: Apache-2.0
// Two rows of a matrix-vector array that share their multipliers: one product of each from every multiplier.
//
//   addr -> [ weight ROM 0 ] -+---------> [ register ] -+
//   addr -> [ weight ROM 1 ] -+-> less -> [ register ] -+
//                                                   dot_pair -> acc0, acc1
//   activations ----------------------------------------+
//
// latency   that of hwg_mac_row
// limits    those of hwg_dot_pair; digits may be -2^(WW-1), whole weights never are
// technology layer: the default is two rows, `SYNTHESIS` selects the structure. Both are equal.
`default_nettype none
module hwg_mac_pair #(
    parameter integer LANES  = 4,
    parameter integer AW     = 8,   // bits that an activation needs
    parameter integer XW     = AW,  // bits of a lane of the bus
    parameter integer WW     = 4,
    parameter integer ACCW   = 24,
    parameter integer DIGITS = 0,
    parameter integer DEPTH  = 16,
    parameter         FILE0  = "row0.hex",
    parameter         FILE1  = "row1.hex",
    parameter integer DW     = (DEPTH > 1) ? $clog2(DEPTH) : 1
) (
    input  wire                           clk,
    input  wire                           re,
    input  wire [DW-1:0]                  addr,
    input  wire [LANES*XW-1:0]            data,
    input  wire                           acc_en,
    input  wire                           acc_first,
    input  wire                           acc_digit,
    input  wire [AW+1+$clog2(LANES)-1:0]  data_sum,
    output wire signed [ACCW-1:0]         acc0,
    output wire signed [ACCW-1:0]         acc1
);
`ifdef SYNTHESIS
  localparam integer YW   = AW + WW + $clog2(LANES);
  localparam integer SUMW = AW + 1 + $clog2(LANES);
  localparam integer HW = WW + DIGITS;
  wire [LANES*WW-1:0]  weights0, weights1;
  wire [LANES*HW-1:0]  weights1_less;  // less one where the weight of row 0 is negative
  reg  [LANES*WW-1:0]  weights0_q;     // on their way to the multipliers
  reg  [LANES*HW-1:0]  weights1_less_q;
  wire signed [YW-1:0] y0, y1;
  wire                 c1;
  hwg_rom #(.WIDTH(LANES * WW), .DEPTH(DEPTH), .FILE(FILE0)) u_weights0 (
      .clk(clk), .re(re), .raddr(addr), .rdata(weights0));
  hwg_rom #(.WIDTH(LANES * WW), .DEPTH(DEPTH), .FILE(FILE1)) u_weights1 (
      .clk(clk), .re(re), .raddr(addr), .rdata(weights1));
  genvar i;
  generate
    for (i = 0; i < LANES; i = i + 1) begin : gen_less
      assign weights1_less[i*HW +: HW] = HW'($signed(weights1[i*WW +: WW])) - HW'(weights0[i*WW+WW-1]);
    end
  endgenerate
  always @(posedge clk) {weights0_q, weights1_less_q} <= {weights0, weights1_less};
  hwg_dot_pair #(.LANES(LANES), .AW(XW), .WW(WW), .FULL(DIGITS), .YW(YW)) u_dot (
      .clk(clk), .a(data), .w0(weights0_q), .w1_less(weights1_less_q), .y0(y0), .y1(y1), .c1(c1));
  hwg_accumulate #(.YW(YW), .WW(WW), .ACCW(ACCW), .SUMW(SUMW), .DIGITS(DIGITS)) u_accumulate0 (
      .clk(clk), .en(acc_en), .first(acc_first), .digit(acc_digit), .data_sum(data_sum), .y(y0), .c(1'b0), .acc(acc0));
  hwg_accumulate #(.YW(YW), .WW(WW), .ACCW(ACCW), .SUMW(SUMW), .DIGITS(DIGITS)) u_accumulate1 (
      .clk(clk), .en(acc_en), .first(acc_first), .digit(acc_digit), .data_sum(data_sum), .y(y1), .c(c1), .acc(acc1));
`else
  hwg_mac_row #(.LANES(LANES), .AW(AW), .XW(XW), .WW(WW), .ACCW(ACCW), .DIGITS(DIGITS), .DEPTH(DEPTH), .FILE(FILE0)) u_row0 (
      .clk(clk), .re(re), .addr(addr), .data(data), .acc_en(acc_en), .acc_first(acc_first), .acc_digit(acc_digit),
      .data_sum(data_sum), .acc(acc0));
  hwg_mac_row #(.LANES(LANES), .AW(AW), .XW(XW), .WW(WW), .ACCW(ACCW), .DIGITS(DIGITS), .DEPTH(DEPTH), .FILE(FILE1)) u_row1 (
      .clk(clk), .re(re), .addr(addr), .data(data), .acc_en(acc_en), .acc_first(acc_first), .acc_digit(acc_digit),
      .data_sum(data_sum), .acc(acc1));
`endif
endmodule
`default_nettype wire
