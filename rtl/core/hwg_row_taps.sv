// SPDX-License-Identifier: Apache-2.0
// Taps of a window of stride 2, from the words of P > 1 neighbouring pixels that a row of the window lies in.
//
//   words A, B, C of a row -> zero outside the map -> four words in a row -> left, centre or right pixel of each column pair
//
// Of A the last pixel counts, B and C whole. The word of the tap that is made is now word2_q; of the others those before it
// (3) and after it (1, 0) count.
// latency   data comes two cycles after `in_map`; its tap is made two cycles after the data; no reset
`default_nettype none
module hwg_row_taps #(
    parameter integer LANES = 102,        // values of a word: channels, of each P pixels side by side
    parameter integer P = 2,
    parameter integer YB = 8              // bits of a value
) (
    input  wire                clk,
    input  wire [P-1:0]        in_map,    // pixels of a word that the map has
    input  wire [LANES*YB-1:0] s_data,
    input  wire                left_tap,
    input  wire                right_tap,
    output wire [LANES*YB-1:0] m_data
);
  reg  [P-1:0]        in_map1_q, in_map2_q;
  reg  [LANES*YB-1:0] word0_q, word1_q, word2_q, word3_q;
  wire                unused = &{1'b0, word3_q};  // pixels that no tap comes to
  always @(posedge clk) begin
    {in_map2_q, in_map1_q} <= {in_map1_q, in_map};
    {word3_q, word2_q, word1_q} <= {word2_q, word1_q, word0_q};
  end
  genvar i;
  generate
    for (i = 0; i < LANES; i = i + 1) begin : gen_lane
      localparam integer X = i % P, BASE = i - i % P;  // the pixel; pixel 0 of the same channel
      wire [YB-1:0] left, centre, right;               // columns 2X-1, 2X, 2X+1 from the first pixel of B on
      always @(posedge clk) word0_q[i*YB +: YB] <= in_map2_q[X] ? s_data[i*YB +: YB] : '0;
      if (X == 0) begin : gen_before
        assign left = word2_q[(BASE+P-1)*YB +: YB];
      end else if (2 * X - 1 < P) begin : gen_near
        assign left = word1_q[(BASE+2*X-1)*YB +: YB];
      end else begin : gen_far
        assign left = word0_q[(BASE+2*X-1-P)*YB +: YB];
      end
      if (2 * X < P) begin : gen_centre
        assign centre = word2_q[(BASE+2*X)*YB +: YB];
        assign right  = word3_q[(BASE+2*X+1)*YB +: YB];
      end else begin : gen_beyond
        assign centre = word1_q[(BASE+2*X-P)*YB +: YB];
        assign right  = word2_q[(BASE+2*X+1-P)*YB +: YB];
      end
      assign m_data[i*YB +: YB] = left_tap ? left : right_tap ? right : centre;
    end
  endgenerate
endmodule
`default_nettype wire
