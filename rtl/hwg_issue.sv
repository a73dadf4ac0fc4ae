// SPDX-License-Identifier: Apache-2.0
// Counts one job (a pixel) of an array: `groups` groups of `period` cycles, of which the last `words` issue a word.
//
// start at cycle c (allowed when free) -> the first group begins at cycle c+1; `free` is high in the last cycle of a
// job, so jobs follow each other without a gap. Words come last in a group so that results of any two groups are at
// least the later one's period apart: what drains them never sees them closer. Reset drops the job in hand.
`default_nettype none
module hwg_issue #(
    parameter integer GW = 8,
    parameter integer TW = 8
) (
    input  wire          clk,
    input  wire          rst,
    input  wire          start,
    input  wire [GW-1:0] groups,  // less one
    input  wire [TW-1:0] period,  // less one
    input  wire [TW-1:0] words,   // less one
    output wire          free,
    output wire          ending,
    output wire          valid,
    output wire [TW-1:0] count,       // cycle inside the group
    output wire          first_word,
    output wire          last_word,
    output wire          first_group,
    output wire          last_group
);
  reg          busy_q;
  reg [GW-1:0] group_q, groups_q;
  reg [TW-1:0] time_q, period_q, lead_q;

  assign ending      = busy_q && last_group && time_q == period_q;
  assign free        = !busy_q || ending;
  assign count       = time_q;
  assign valid       = busy_q && time_q >= lead_q;
  assign first_word  = time_q == lead_q;
  assign last_word   = time_q == period_q;
  assign first_group = group_q == '0;
  assign last_group  = group_q == groups_q;

  always @(posedge clk) begin
    if (rst) busy_q <= 1'b0;
    else if (start) busy_q <= 1'b1;
    else if (ending) busy_q <= 1'b0;
    if (start) begin
      groups_q <= groups;
      period_q <= period;
      lead_q   <= period - words;
      group_q  <= '0;
      time_q   <= '0;
    end else if (busy_q) begin
      time_q <= (time_q == period_q) ? '0 : time_q + 1'b1;
      if (time_q == period_q) group_q <= group_q + 1'b1;
    end
  end
endmodule
`default_nettype wire
