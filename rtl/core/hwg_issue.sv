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
  // Flags of the coming cycle, registered: what they are compared with is known a cycle before.
  reg          busy_q, valid_q, first_q, last_q, last_group_q, lead_none_q, period_none_q, ending_q, free_q;
  reg [GW-1:0] group_q, before_last_q;
  reg [TW-1:0] time_q, before_end_q, before_lead_q;  // cycles before the last of a group, and before its first word

  assign ending      = ending_q;
  assign free        = free_q;
  assign count       = time_q;
  assign valid       = busy_q && valid_q;
  assign first_word  = first_q;
  assign last_word   = last_q;
  assign first_group = group_q == '0;
  assign last_group  = last_group_q;

  // The coming cycle is the last of the job; it is not behind the last one.
  wire ending_next = !ending_q && (last_q ? period_none_q && group_q == before_last_q
                                          : last_group_q && time_q == before_end_q);

  always @(posedge clk) begin
    if (rst) begin
      busy_q   <= 1'b0;
      ending_q <= 1'b0;
      free_q   <= 1'b1;
    end else if (start) begin
      busy_q   <= 1'b1;
      ending_q <= groups == '0 && period == '0;
      free_q   <= groups == '0 && period == '0;
    end else if (busy_q) begin
      busy_q   <= !ending_q;
      ending_q <= ending_next;
      free_q   <= ending_next || ending_q;
    end
    if (start) begin
      before_last_q <= groups - 1'b1;
      before_end_q  <= period - 1'b1;
      before_lead_q <= period - words - 1'b1;
      period_none_q <= period == '0;
      lead_none_q   <= period == words;
      group_q       <= '0;
      time_q        <= '0;
      valid_q       <= period == words;
      first_q       <= period == words;
      last_q        <= period == '0;
      last_group_q  <= groups == '0;
    end else if (busy_q) begin
      time_q  <= last_q ? '0 : time_q + 1'b1;
      first_q <= last_q ? lead_none_q : time_q == before_lead_q;
      valid_q <= last_q ? lead_none_q : valid_q || time_q == before_lead_q;
      last_q  <= last_q ? period_none_q : time_q == before_end_q;
      if (last_q) begin
        group_q      <= group_q + 1'b1;
        last_group_q <= group_q == before_last_q;
      end
    end
  end
endmodule
`default_nettype wire
