// SPDX-License-Identifier: Apache-2.0
// One row of a matrix-vector array: its weights, its dot product, its accumulator.
//
//   addr -> [ weight ROM ] -> reg -+
//                                  dot -> acc
//   broadcast activations ---------+
//
// latency   addr at cycle i, activations at i+3 -> acc from cycle i + 5 + clog2(LANES) on (see hwg_mac_array)
// DIGITS    1: the sum of the activations, weighted 2^(WW-1), is added for digits stored offset-binary
`default_nettype none
module hwg_mac_row #(
    parameter integer LANES  = 4,
    parameter integer AW     = 8,   // bits that an activation needs
    parameter integer XW     = AW,  // bits of a lane of the bus
    parameter integer WW     = 8,
    parameter integer ACCW   = 24,
    parameter integer DIGITS = 0,
    parameter integer DEPTH  = 16,
    parameter         FILE   = "row.hex",
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
    output reg  signed [ACCW-1:0]         acc
);
  localparam integer YW = AW + WW + $clog2(LANES);
`ifdef SYNTHESIS
  localparam integer WX = WW;  // bits of a weight at the multiplier
`else
  localparam integer WX = XW;  // extended when the memory is loaded: simulators are faster
`endif
  wire [LANES*WX-1:0] weights;
  reg  [LANES*WX-1:0] weights_q;
  wire signed [YW-1:0] y;
  reg  re1_q, re2_q;
  wire unused_y = &{1'b0, y};  // the accumulator may be narrower

  hwg_rom #(.WIDTH(LANES * WW), .DEPTH(DEPTH), .FILE(FILE), .LANES(LANES), .XW(WX)) u_weights (
      .clk(clk), .re(re), .raddr(addr), .rdata(weights));
  always @(posedge clk) begin
    {re2_q, re1_q} <= {re1_q, re};
    if (re2_q) weights_q <= weights;
  end
  hwg_dot #(.LANES(LANES), .AW(XW), .WW(WX), .YW(YW)) u_dot (.clk(clk), .a(data), .w(weights_q), .y(y));

  generate
    if (DIGITS == 0) begin : gen_whole
      wire unused = &{1'b0, acc_digit, data_sum};
      always @(posedge clk) if (acc_en) acc <= (acc_first ? '0 : acc) + ACCW'(y);
    end else begin : gen_digits
      // acc_digit: first word of a lower digit, shift what the higher digits gave; lower digits are offset-binary
      reg lower_q;
      wire lower = !acc_first && (acc_digit || lower_q);
      wire signed [ACCW-1:0] offset = lower ? ACCW'($signed(data_sum)) <<< (WW - 1) : '0;
      wire signed [ACCW-1:0] kept = acc_first ? '0 : acc_digit ? acc <<< WW : acc;
      always @(posedge clk)
        if (acc_en) begin
          acc     <= kept + ACCW'(y) + offset;
          lower_q <= lower;
        end
    end
  endgenerate
endmodule
`default_nettype wire
