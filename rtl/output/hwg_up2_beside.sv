// SPDX-License-Identifier: Apache-2.0
// What one word of the coarser map gives to pixel X of a word of the x2 up-sampling, in sixteenths, where words have P
// pixels of a row. (docs/arithmetic.md, up2)
//
// Word g of the finer map lies over half of word g/2 of the coarser one: pixel X needs 3 parts of the pixel that it lies in
// (near) and 1 part of the one beside it (side), which may be in the word before or after g/2, the side word. Beyond the
// edge there is no pixel: the near one counts again.
// latency   none (combinational)
// limits    P is even
`default_nettype none
module hwg_up2_beside #(
    parameter integer P  = 2,
    parameter integer X  = 0,
    parameter integer AW = 8
) (
    input  wire [P*AW-1:0] word,
    input  wire            side_word,  // it is the one beside g/2
    input  wire            side_row,   // it is of the row that counts once, not three times
    input  wire            odd,        // g is
    input  wire            opens,      // g is the first of its row
    input  wire            at_edge,    // pixel X is the last of its row
    output wire [AW+3:0]   y
);
  localparam integer HALF = P / 2;
  function signed [AW-1:0] pixel(input integer at);
    pixel = word[at*AW +: AW];
  endfunction
  wire signed [AW-1:0] near = odd ? pixel(HALF + X / 2) : pixel(X / 2);
  wire signed [AW-1:0] side;      // of the same word
  wire                 crosses;   // it is in the side word
  wire signed [AW-1:0] beyond;    // that is this one
  generate
    if (X % 2 == 0) begin : gen_left
      wire unused = at_edge;
      assign beyond = pixel(P - 1);
      if (X == 0) begin : gen_first
        assign crosses = !odd && !opens;
        assign side    = odd ? pixel(HALF - 1) : near;
      end else begin : gen_inside
        wire unused_opens = opens;
        assign crosses = 1'b0;
        assign side    = odd ? pixel(HALF + X / 2 - 1) : pixel(X / 2 - 1);
      end
    end else begin : gen_right
      wire unused = opens;
      assign beyond = pixel(0);
      if (X == P - 1) begin : gen_last
        assign crosses = odd && !at_edge;
        assign side    = at_edge ? near : pixel(X / 2 + 1);
      end else begin : gen_inside
        assign crosses = 1'b0;
        assign side    = at_edge ? near : odd ? pixel(HALF + X / 2 + 1) : pixel(X / 2 + 1);
      end
    end
  endgenerate
  wire signed [AW+1:0] sum = side_word ? (crosses ? (AW+2)'(beyond) : '0)
                           : (AW+2)'(near) + ((AW+2)'(near) <<< 1) + (crosses ? '0 : (AW+2)'(side));
  assign y = (AW+4)'(sum) + (side_row ? '0 : (AW+4)'(sum) <<< 1);
endmodule
`default_nettype wire
