// SPDX-License-Identifier: Apache-2.0
// hwg_accumulate holds the exact sum after every word of a job of any length, if ACCW is the width that docs/arithmetic.md
// gives a layer: it holds the greatest and the least sum that the job's weights allow, where every input may be zero. With
// digits the sum may leave that range on its way: what counts is that a sum that is inside it is exact again.
`default_nettype none
module proof #(
    parameter integer YW     = 5,
    parameter integer WW     = 2,
    parameter integer ACCW   = 8,
    parameter integer SUMW   = 3,
    parameter integer DIGITS = 0
) (
    input wire                   clk,
    input wire                   en,
    input wire                   first,
    input wire                   digit,
    input wire signed [SUMW-1:0] data_sum,
    input wire signed [YW-1:0]   y,
    input wire                   c,
    input wire signed [YW:0]     least,  // sum that the weights of this word allow
    input wire signed [YW:0]     most
);
  localparam integer XW = ACCW + YW + 2 * WW;  // of what would not fit too
  localparam signed [XW-1:0] MOST = (1 << (ACCW - 1)) - 1, LEAST = -(1 << (ACCW - 1));
  wire signed [ACCW-1:0] acc;
  hwg_accumulate #(.YW(YW), .WW(WW), .ACCW(ACCW), .SUMW(SUMW), .DIGITS(DIGITS)) u_dut (
      .clk(clk), .en(en), .first(first), .digit(digit), .data_sum(data_sum), .y(y), .c(c), .acc(acc));
  // y and c are what dot products give: a word's sum has the width of y.
  wire signed [YW:0] word = (YW+1)'(y) + (YW+1)'($signed({1'b0, c}));
  always @* assume (least <= 0 && most >= 0 && least <= word && word <= most);

  reg started_q, lower_q;
  reg signed [XW-1:0] sum_q, least_q, most_q;
  initial started_q = 1'b0;
  wire lower = !first && (digit || lower_q);
  wire signed [XW-1:0] offset = (DIGITS != 0 && lower) ? XW'(data_sum) <<< (WW - 1) : XW'(0);
  wire signed [XW-1:0] kept = first ? XW'(0) : (DIGITS != 0 && digit) ? sum_q <<< WW : sum_q;
  always @(posedge clk)
    if (en && (first || started_q)) begin
      started_q <= 1'b1;
      lower_q   <= lower;
      sum_q     <= kept + XW'(word) + offset;
      least_q   <= (first ? XW'(0) : least_q) + XW'(least);
      most_q    <= (first ? XW'(0) : most_q) + XW'(most);
    end
  generate
    if (DIGITS == 0) begin : gen_whole
      always @* if (started_q) begin
        assume (least_q >= LEAST && most_q <= MOST);
        possible: assert (least_q <= sum_q && sum_q <= most_q && least_q <= 0 && most_q >= 0);
        exact: assert (XW'(acc) == sum_q);
        whole_range: cover (sum_q == LEAST);
        no_narrower: cover (sum_q == MOST && most_q == MOST);
      end
    end else begin : gen_digits
      wire fits = sum_q >= LEAST && sum_q <= MOST;
      reg  wrapped_q;
      always @(posedge clk) wrapped_q <= started_q && (!fits || (wrapped_q && !(en && first)));
      always @* if (started_q) begin
        assume (sum_q == XW'($signed(sum_q[XW-WW-2:0])));  // never near the end of the harness's own integers
        wraps: assert (acc == ACCW'(sum_q));
        if (fits) exact: assert (XW'(acc) == sum_q);
        back_in_range: cover (wrapped_q && fits && lower_q);
        least_digits: cover (sum_q == LEAST && lower_q);
      end
    end
  endgenerate
endmodule
`default_nettype wire
