// SPDX-License-Identifier: Apache-2.0
// Entry of a unit's table of jobs: of a data-block layer, or of block k at scale l with the weight set of iteration n.
//
//   entries 0 ... FIRST-1   data-block layers
//   then                    (set*L + l)*K + k
//
// latency   `is_layer`, n, l, k or layer at cycle i -> entry and job at cycle i+3 (hwg_pkg::LOOKUP_CYCLES), each cycle
// reset     none (data path)
`default_nettype none
module hwg_job_lookup #(
    parameter integer L = 3,
    parameter integer K = 1,
    parameter integer N = 4,
    parameter integer SETS = 1,
    parameter integer FIRST = 0,
    parameter integer ENTRIES = FIRST + SETS * L * K,
    parameter integer XW = $clog2(ENTRIES + 1),
    parameter [N*hwg_pkg::SET_BITS-1:0] SET_OF = '0,  // weight set of each iteration
    parameter [ENTRIES*hwg_pkg::JOB_BITS-1:0] JOBS = {ENTRIES{hwg_pkg::SMALL_JOB}}
) (
    input  wire                         clk,
    input  wire                         is_layer,
    input  wire [2:0]                   layer,
    input  wire [5:0]                   n,
    input  wire [2:0]                   l,
    input  wire [2:0]                   k,
    output reg  [XW-1:0]                entry,
    output reg  [hwg_pkg::JOB_BITS-1:0] job
);
  wire [5:0]                   set;
  wire [XW-1:0]                sets, scales;
  reg                          is_layer_q;
  reg  [2:0]                   layer_q;
  reg  [5:0]                   set_q;
  reg  [XW-1:0]                pass_q, at_q;
  wire [hwg_pkg::JOB_BITS-1:0] found;
  hwg_select #(.N(N), .W(hwg_pkg::SET_BITS), .IW(6)) u_set (.index(n), .entries(SET_OF), .entry(set));
  hwg_const_mul #(.FACTOR(K), .IW(3), .OW(XW)) u_scales (.x(l), .y(scales));
  hwg_const_mul #(.FACTOR(L * K), .IW(6), .OW(XW)) u_sets (.x(set_q), .y(sets));
  hwg_job_select #(.ENTRIES(ENTRIES), .JOBS(JOBS)) u_job (.index(at_q), .job(found));
  wire unused = &{1'b0, layer_q, k};
  always @(posedge clk) begin
    is_layer_q <= FIRST != 0 && is_layer;
    layer_q    <= layer;
    set_q      <= set;
    pass_q     <= scales + XW'(k);
    at_q       <= is_layer_q ? XW'(layer_q) : XW'(FIRST) + sets + pass_q;
    {entry, job} <= {at_q, found};
  end
endmodule
`default_nettype wire
