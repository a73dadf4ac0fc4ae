// SPDX-License-Identifier: Apache-2.0
// What follows every array: its accumulators leave in beats, each is requantised with the constants, the shift and the
// clamp of its job.
//
//   accumulators of a group -> [ drain, DRAIN a beat ] -> [ requant: constants from a ROM, job from the table ] -> beats
//
// Constants lie in the order of the beats; the first group of a pixel says where its own begin.
// latency   s_valid at cycle i -> beats at cycles i+1 ... i+ROWS/DRAIN (beat_valid), their results six cycles later
// rate      a group every ROWS/DRAIN cycles; reset clears valid bits only
`default_nettype none
module hwg_array_tail #(
    parameter [hwg_pkg::ARRAY_BITS-1:0] ARRAY = hwg_pkg::SMALL_ARRAY,
    parameter integer ROWS     = 32'(ARRAY[hwg_pkg::ROWS_AT +: 16]),
    parameter integer PIXELS   = 32'(ARRAY[hwg_pkg::PIXELS_AT +: 4]),
    parameter integer DRAIN    = 32'(ARRAY[hwg_pkg::DRAIN_AT +: 16]),
    parameter integer ACC_BITS = 32'(ARRAY[hwg_pkg::ACC_BITS_AT +: 8]),
    parameter integer ENTRIES  = 1,
    parameter [ENTRIES*hwg_pkg::JOB_BITS-1:0] JOBS = {ENTRIES{hwg_pkg::SMALL_JOB}},
    parameter integer XW        = $clog2(ENTRIES + 1),
    parameter integer OUT_BITS  = 8,
    parameter integer SIDE      = 1,
    parameter integer DEPTH     = 16,  // words of the constants
    parameter integer LUT_DEPTH = 32,  // up to so many are LUTs
    parameter integer AW        = (DEPTH > 1) ? $clog2(DEPTH) : 1,
    parameter         FILE      = "requant.hex"
) (
    input  wire                      clk,
    input  wire                      rst,
    input  wire                      s_valid,
    input  wire [ROWS*PIXELS*ACC_BITS-1:0] s_data,
    input  wire [XW-1:0]             s_entry,        // of the table of jobs
    input  wire [AW-1:0]             s_constants,    // with the first group: where they begin
    input  wire                      s_first_group,  // of a pixel
    input  wire                      s_last_group,
    input  wire [SIDE-1:0]           s_side,
    output wire                      beat_valid,     // six cycles before m_valid
    output wire [XW-1:0]             beat_entry,
    output wire                      m_valid,
    output wire                      m_first,        // beat of a pixel
    output wire                      m_last,
    output wire [DRAIN*PIXELS*OUT_BITS-1:0] m_data,
    output wire [SIDE-1:0]           m_side
);
  localparam integer BIAS_BITS = 32'(ARRAY[hwg_pkg::BIAS_BITS_AT +: 8]);
  localparam integer IN_LUTS   = ARRAY[hwg_pkg::REQUANT_IN_LUTS_AT] ? 1 : 0;
  wire                      first, last, first_group, last_group;
  wire [SIDE-1:0]           side;
  wire [DRAIN*PIXELS*ACC_BITS-1:0] data;
  hwg_drain #(.ROWS(ROWS), .Q(DRAIN), .VW(PIXELS * ACC_BITS), .SIDE(XW + SIDE + 2)) u_drain (
      .clk(clk), .rst(rst), .s_valid(s_valid), .s_data(s_data), .s_side({s_entry, s_side, s_first_group, s_last_group}),
      .m_valid(beat_valid), .m_data(data), .m_first(first), .m_last(last),
      .m_side({beat_entry, side, first_group, last_group}));

  // Known a cycle before the beat: where its constants are.
  reg  [AW-1:0] at_q;
  wire [AW-1:0] at = (s_valid && s_first_group) ? s_constants : beat_valid ? at_q + 1'b1 : at_q;
  always @(posedge clk) at_q <= at;

  wire [hwg_pkg::JOB_BITS-1:0] job;
  wire signed [OUT_BITS:0]     lo = job[hwg_pkg::LO_AT +: OUT_BITS + 1];
  wire signed [OUT_BITS:0]     hi = job[hwg_pkg::HI_AT +: OUT_BITS + 1];
  hwg_job_select #(.ENTRIES(ENTRIES), .JOBS(JOBS)) u_job (.index(beat_entry), .job(job));
  wire unused = &{1'b0, job};
  hwg_requant #(.LANES(DRAIN), .PIXELS(PIXELS), .VW(ACC_BITS), .BW(BIAS_BITS), .YW(OUT_BITS), .SIDE(SIDE + 2), .MUL_IN_LUTS(IN_LUTS),
                .DEPTH(DEPTH), .LUT_DEPTH(LUT_DEPTH), .FILE(FILE)) u_requant (
      .clk(clk), .rst(rst), .c_re(s_valid || (beat_valid && !last)), .c_addr(at), .s_valid(beat_valid), .s_data(data),
      .s_shift(job[hwg_pkg::SHIFT_AT +: 5]),
      .s_lo(lo), .s_hi(hi), .s_side({side, first && first_group, last && last_group}), .m_valid(m_valid),
      .m_data(m_data), .m_side({m_side, m_first, m_last}));
endmodule
`default_nettype wire
