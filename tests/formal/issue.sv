// SPDX-License-Identifier: Apache-2.0
// hwg_issue: a job is free again after exactly groups * period cycles, in which the last `words` of every period issue;
// jobs may follow each other without a gap.
`default_nettype none
module proof #(
    parameter integer GW = 2,
    parameter integer TW = 2
) (
    input wire          clk,
    input wire          rst,
    input wire          start,
    input wire [GW-1:0] groups,
    input wire [TW-1:0] period,
    input wire [TW-1:0] words
);
  wire          free, ending, valid, first_word, last_word, first_group, last_group, begun;
  wire [TW-1:0] count;
  hwg_issue #(.GW(GW), .TW(TW)) u_dut (
      .clk(clk), .rst(rst), .start(start), .groups(groups), .period(period), .words(words), .free(free),
      .ending(ending), .valid(valid), .count(count), .first_word(first_word), .last_word(last_word),
      .first_group(first_group), .last_group(last_group));
  proof_reset u_reset (.clk(clk), .rst(rst), .begun(begun));
  always @* begin
    assume (words <= period);
    if (begun && start) assume (free && !rst);
  end
  localparam integer EW = GW + TW + 1;
  reg          busy_q;
  reg [EW-1:0] cycle_q, within_q, length_q, issued_q, wanted_q, step_q, words_q;
  wire [EW-1:0] cycles = (EW'(groups) + EW'(1)) * (EW'(period) + EW'(1));
  wire [EW-1:0] all_words = (EW'(groups) + EW'(1)) * (EW'(words) + EW'(1));
  wire ends = busy_q && cycle_q + EW'(1) == length_q;
  always @(posedge clk) begin
    busy_q <= !rst && (start || (busy_q && !ends));
    cycle_q  <= start ? '0 : cycle_q + EW'(1);
    within_q <= (start || within_q + EW'(1) == step_q) ? '0 : within_q + EW'(1);
    issued_q <= start ? '0 : issued_q + EW'(valid);
    if (start) {length_q, wanted_q, step_q, words_q} <= {cycles, all_words, EW'(period) + EW'(1), EW'(words) + EW'(1)};
  end
  wire issues = busy_q && within_q + words_q >= step_q;
  always @* if (begun) begin
    freed: assert (free == (!busy_q || ends) && ending == ends);
    issued: assert (valid == issues);
    if (busy_q) begin
      counted: assert (EW'(count) == within_q);
      grouped: assert (first_group == (cycle_q < step_q) && last_group == (cycle_q + step_q >= length_q));
    end
    if (issues) marked: assert (first_word == (within_q + words_q == step_q) && last_word == (within_q + EW'(1) == step_q));
    if (ends) all_issued: assert (issued_q + EW'(valid) == wanted_q);
    back_to_back: cover (ends && start && length_q > step_q);
  end
endmodule
`default_nettype wire
