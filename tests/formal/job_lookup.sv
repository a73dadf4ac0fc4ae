// SPDX-License-Identifier: Apache-2.0
// hwg_job_lookup: the entry of a layer, or of weight set, scale and block, and its job, three cycles later; a field that
// all jobs share is no exception.
`default_nettype none
module proof #(
    parameter integer L     = 2,
    parameter integer K     = 2,
    parameter integer N     = 3,
    parameter integer FIRST = 2
) (
    input wire       clk,
    input wire       is_layer,
    input wire [2:0] layer,
    input wire [5:0] n,
    input wire [2:0] l,
    input wire [2:0] k
);
  localparam integer SETS = 2, ENTRIES = FIRST + SETS * L * K, XW = $clog2(ENTRIES + 1), JB = hwg_pkg::JOB_BITS;
  localparam [17:0] SET_OF = {6'd1, 6'd0, 6'd1};  // of three iterations
  // Every entry another, but for the clamp's lower bound.
  function [JB-1:0] record(input integer entry);
    begin
      record = {20{8'(entry * 3 + 1)}};
      record[hwg_pkg::LO_AT +: 20] = 20'd77;
    end
  endfunction
  function [ENTRIES*JB-1:0] records(input integer unused);
    integer i;
    for (i = 0; i < ENTRIES; i = i + 1) records[i*JB +: JB] = record(i);
  endfunction
  localparam [ENTRIES*JB-1:0] JOBS = records(0);
  wire [XW-1:0] entry;
  wire [JB-1:0] job;
  hwg_job_lookup #(.L(L), .K(K), .N(N), .SETS(SETS), .FIRST(FIRST), .SET_OF(SET_OF[N*6-1:0]), .JOBS(JOBS)) u_dut (
      .clk(clk), .is_layer(is_layer), .layer(layer), .n(n), .l(l), .k(k), .entry(entry), .job(job));
  always @* assume ((FIRST == 0 || layer < FIRST) && n < N && l < L && k < K);
  wire [7:0] wanted = (FIRST != 0 && is_layer) ? 8'(layer)
                    : 8'(FIRST) + (8'((n == 6'd1) ? 0 : 1) * 8'(L) + 8'(l)) * 8'(K) + 8'(k);
  wire [7:0]    past;
  wire          there;
  wire [JB-1:0] of_entry = JOBS[past*JB +: JB];
  proof_past #(.STAGES(3), .WIDTH(8)) u_past (.clk(clk), .now(wanted), .past(past), .there(there));
  always @* if (there) begin
    place: assert (entry == XW'(past));
    contents: assert (job == of_entry);
    last: cover (past == 8'(ENTRIES - 1));
  end
endmodule
`default_nettype wire
