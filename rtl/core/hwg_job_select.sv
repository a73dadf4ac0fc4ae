// SPDX-License-Identifier: Apache-2.0
// Entry `index` of a table of jobs (hwg_pkg). A field that is the same in all of them is a constant from the start, not
// only when a synthesis tool has looked through the multiplexer: comparisons with it then are small.
//
// latency   none (combinational); limits ENTRIES <= 2^XW; beyond the table the value is undefined
`default_nettype none
module hwg_job_select #(
    parameter integer ENTRIES = 1,
    parameter [ENTRIES*hwg_pkg::JOB_BITS-1:0] JOBS = {ENTRIES{hwg_pkg::SMALL_JOB}},
    parameter integer XW = $clog2(ENTRIES + 1)
) (
    input  wire [XW-1:0]                index,
    output wire [hwg_pkg::JOB_BITS-1:0] job
);
  function same(input integer at, input integer bits);
    integer i, b;
    begin
      same = 1'b1;
      for (i = 1; i < ENTRIES; i = i + 1)
        for (b = at; b < at + bits; b = b + 1)
          if (JOBS[i*hwg_pkg::JOB_BITS + b] != JOBS[b]) same = 1'b0;
    end
  endfunction
  localparam [hwg_pkg::JOB_BITS-1:0] FIRST = JOBS[hwg_pkg::JOB_BITS-1:0];
  wire [hwg_pkg::JOB_BITS-1:0] found;
  hwg_select #(.N(ENTRIES), .W(hwg_pkg::JOB_BITS), .IW(XW)) u_found (.index(index), .entries(JOBS), .entry(found));
  localparam HI = same(hwg_pkg::HI_AT, 20), LO = same(hwg_pkg::LO_AT, 20), SHIFT = same(hwg_pkg::SHIFT_AT, 5);
  localparam DIGIT = same(hwg_pkg::DIGIT_AT, 16), WORDS = same(hwg_pkg::WORDS_AT, 16);
  localparam PERIOD = same(hwg_pkg::PERIOD_AT, 16), GROUPS = same(hwg_pkg::GROUPS_AT, 16);
  assign job[hwg_pkg::HI_AT +: 20]     = HI ? FIRST[hwg_pkg::HI_AT +: 20] : found[hwg_pkg::HI_AT +: 20];
  assign job[hwg_pkg::LO_AT +: 20]     = LO ? FIRST[hwg_pkg::LO_AT +: 20] : found[hwg_pkg::LO_AT +: 20];
  assign job[hwg_pkg::SHIFT_AT +: 5]   = SHIFT ? FIRST[hwg_pkg::SHIFT_AT +: 5] : found[hwg_pkg::SHIFT_AT +: 5];
  assign job[hwg_pkg::WEIGHTS_AT +: 48] = found[hwg_pkg::WEIGHTS_AT +: 48];
  assign job[hwg_pkg::DIGIT_AT +: 16]  = DIGIT ? FIRST[hwg_pkg::DIGIT_AT +: 16] : found[hwg_pkg::DIGIT_AT +: 16];
  assign job[hwg_pkg::WORDS_AT +: 16]  = WORDS ? FIRST[hwg_pkg::WORDS_AT +: 16] : found[hwg_pkg::WORDS_AT +: 16];
  assign job[hwg_pkg::PERIOD_AT +: 16] = PERIOD ? FIRST[hwg_pkg::PERIOD_AT +: 16] : found[hwg_pkg::PERIOD_AT +: 16];
  assign job[hwg_pkg::GROUPS_AT +: 16] = GROUPS ? FIRST[hwg_pkg::GROUPS_AT +: 16] : found[hwg_pkg::GROUPS_AT +: 16];
  wire unused = &{1'b0, found};
endmodule
`default_nettype wire
