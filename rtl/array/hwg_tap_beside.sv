// SPDX-License-Identifier: Apache-2.0
// Operands of a 3x3 window where a word has P pixels, neighbours in a row: a tap beside the centre has pixels of two words,
// that of its own column and the one read after or before it.
//
//   taps of a row of the window, left, centre, right, a cycle each: words A, B, C -> for each pixel of B the one to its left,
//   itself, the one to its right
//
// latency   tap at cycle i, its word at cycle i + STAGES - 1 -> operand at cycle i + STAGES; an operand a cycle
// limits    P > 1, STAGES > 0; the three taps of a row follow each other; values of a channel lie side by side
// reset     none (data path)
`default_nettype none
module hwg_tap_beside #(
    parameter integer P      = 2,
    parameter integer VALUES = 4,  // of a word: P of each channel
    parameter integer VW     = 8,  // bits of one
    parameter integer STAGES = 4
) (
    input  wire                 clk,
    input  wire                 rst,
    input  wire                 s_valid,
    input  wire [3:0]           s_tap,   // 0 to 8
    input  wire [VALUES*VW-1:0] s_word,
    output wire [VALUES*VW-1:0] m_operand
);
  reg  [VALUES*VW-1:0] before_q, earlier_q;  // the word of the tap that is given, and the one before it
  wire                 left, right, unused_valid;
  wire                 unused = &{1'b0, earlier_q};  // nothing is to the left of pixel 0
  hwg_delay #(.STAGES(STAGES), .WIDTH(2)) u_column (
      .clk(clk), .rst(rst), .s_valid(s_valid),
      .s_data({s_tap == 4'd0 || s_tap == 4'd3 || s_tap == 4'd6, s_tap == 4'd2 || s_tap == 4'd5 || s_tap == 4'd8}),
      .m_valid(unused_valid), .m_data({left, right}));
  always @(posedge clk) {earlier_q, before_q} <= {before_q, s_word};
  genvar i;
  generate
    for (i = 0; i < VALUES; i = i + 1) begin : gen_value
      wire [VW-1:0] to_left, to_right;
      if (i % P == 0) begin : gen_first
        assign to_left = before_q[(i+P-1)*VW +: VW];
      end else begin : gen_left
        assign to_left = s_word[(i-1)*VW +: VW];
      end
      if (i % P == P - 1) begin : gen_last
        assign to_right = before_q[(i-P+1)*VW +: VW];
      end else begin : gen_right
        assign to_right = earlier_q[(i+1)*VW +: VW];
      end
      assign m_operand[i*VW +: VW] = left ? to_left : right ? to_right : before_q[i*VW +: VW];
    end
  endgenerate
endmodule
`default_nettype wire
