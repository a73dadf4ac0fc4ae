// SPDX-License-Identifier: Apache-2.0
// hwg_up2_beside: what the two words of a row of the coarser map give to a pixel together is three times the pixel that it
// lies in and once the one beside it, clamped to the map; all of it three times or once, as the row counts.
`default_nettype none
module proof #(
    parameter integer P  = 2,
    parameter integer X  = 0,
    parameter integer AW = 3
) (
    input wire              clk,
    input wire              rst,
    input wire [3*P*AW-1:0] row,       // the word that the pixel lies in, the one before it, the one after it
    input wire              odd,
    input wire              opens,
    input wire              at_edge,
    input wire              side_row
);
  wire [P*AW-1:0] own  = row[P*AW +: P*AW];
  wire [P*AW-1:0] side = odd ? row[2*P*AW +: P*AW] : row[0 +: P*AW];
  wire [AW+3:0]   near_y, side_y;
  wire            begun;
  hwg_up2_beside #(.P(P), .X(X), .AW(AW)) u_near (
      .word(own), .side_word(1'b0), .side_row(side_row), .odd(odd), .opens(opens), .at_edge(at_edge), .y(near_y));
  hwg_up2_beside #(.P(P), .X(X), .AW(AW)) u_side (
      .word(side), .side_word(1'b1), .side_row(side_row), .odd(odd), .opens(opens), .at_edge(at_edge), .y(side_y));
  proof_reset u_reset (.clk(clk), .rst(rst), .begun(begun));
  always @* assume (!(opens && odd));  // the first word has number 0

  // Columns from the first pixel of the word before on.
  wire [7:0] near  = 8'(P) + (odd ? 8'(P / 2) : 8'd0) + 8'(X / 2);
  wire       first = opens && near == 8'(P);
  wire [7:0] other = (X % 2 == 0) ? (first ? near : near - 8'd1) : at_edge ? near : near + 8'd1;
  wire signed [AW+5:0] a = (AW+6)'($signed(row[near*AW +: AW])), b = (AW+6)'($signed(row[other*AW +: AW]));
  wire signed [AW+5:0] wanted = (a + a + a + b) * (side_row ? (AW+6)'(1) : (AW+6)'(3));
  wire signed [AW+5:0] got = (AW+6)'($signed(near_y)) + (AW+6)'($signed(side_y));
  always @* if (begun) begin
    both: assert (got == wanted);
    whole: cover (near_y != '0 && got == wanted);
  end
  // Only the first and the last pixel of a word have one in another word beside them, and any but the others an edge.
  generate
    if (X == 0 || X == P - 1) begin : gen_crosses
      always @* if (begun) crosses: cover (side_y != '0);
    end
    if (X == 0 || X % 2 == 1) begin : gen_clamped
      always @* if (begun) clamped: cover (other == near && near_y != '0);
    end
  endgenerate
endmodule
`default_nettype wire
