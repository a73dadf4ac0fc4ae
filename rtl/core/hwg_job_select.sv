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
  localparam [hwg_pkg::JOB_BITS-1:0] FIRST = JOBS[hwg_pkg::JOB_BITS-1:0];
  // Whole entries are compared: Verilator takes minutes for a long table that is looked through bit by bit.
  function [hwg_pkg::JOB_BITS-1:0] differing(input integer unused);  // bits that are not the same in all entries
    integer i;
    begin
      differing = 0;
      for (i = 1; i < ENTRIES; i = i + 1) differing = differing | (JOBS[i*hwg_pkg::JOB_BITS +: hwg_pkg::JOB_BITS] ^ FIRST);
    end
  endfunction
  wire [hwg_pkg::JOB_BITS-1:0] found;
  hwg_select #(.N(ENTRIES), .W(hwg_pkg::JOB_BITS), .IW(XW)) u_found (.index(index), .entries(JOBS), .entry(found));
  localparam [hwg_pkg::JOB_BITS-1:0] VARYING = differing(0);
  localparam HI     = VARYING[hwg_pkg::HI_AT +: 20] == 20'd0;
  localparam LO     = VARYING[hwg_pkg::LO_AT +: 20] == 20'd0;
  localparam SHIFT  = VARYING[hwg_pkg::SHIFT_AT +: 5] == 5'd0;
  localparam DIGIT  = VARYING[hwg_pkg::DIGIT_AT +: 16] == 16'd0;
  localparam WORDS  = VARYING[hwg_pkg::WORDS_AT +: 16] == 16'd0;
  localparam PERIOD = VARYING[hwg_pkg::PERIOD_AT +: 16] == 16'd0;
  localparam GROUPS = VARYING[hwg_pkg::GROUPS_AT +: 16] == 16'd0;
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
