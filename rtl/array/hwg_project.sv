// SPDX-License-Identifier: Apache-2.0
// Project unit: the 1x1 project from the depthwise results to what is added to the block's own input (hwg_state).
//
//   v words -> [ vector memory ] -> [ ROWS x LANES array ] -> tail (drain, requant) -> beats in the residual format
//
// Table entries: block k at scale l of a weight set is (set*L + l)*K + k. reset drops all jobs
`default_nettype none
module hwg_project #(
    parameter integer L = 3,
    parameter integer K = 1,
    parameter integer N = 4,
    parameter [L*13-1:0] MAP_W = {L{13'd8}},
    parameter [L*13-1:0] MAP_H = {L{13'd8}},
    parameter integer SETS = 1,
    parameter [N*hwg_pkg::SET_BITS-1:0] SET_OF = '0,
    parameter [SETS*L*K*hwg_pkg::JOB_BITS-1:0] JOBS = {(SETS * L * K){hwg_pkg::SMALL_JOB}},
    parameter [hwg_pkg::ARRAY_BITS-1:0] ARRAY = hwg_pkg::SMALL_ARRAY,
    parameter integer P = 32'(ARRAY[hwg_pkg::PIXELS_AT +: 4]),  // pixels of a job, side by side in every lane
    parameter integer DRAIN = 32'(ARRAY[hwg_pkg::DRAIN_AT +: 16]),
    parameter integer AY = 8,             // bits of a depthwise output
    parameter integer RB = 12,            // bits of a result
    parameter integer VECTOR_LANES = 1,   // of a word of the vector memory, a multiple of the array's
    parameter integer VECTOR_SLOTS = 3,
    parameter integer VECTOR_SLOT = 9,    // words of a pixel there
    parameter integer VECTORS_LUT_DEPTH = 32,  // memories of up to so many words are LUT RAM
    parameter integer CONSTANTS_LUT_DEPTH = 32,
    parameter integer FEEDBACK = hwg_pkg::ONCHIP,
    parameter         MEM_DIR = "mem/"
) (
    input  wire                             clk,
    input  wire                             rst,
    input  wire                             load,
    input  wire [63:0]                      mask,
    input  wire [63:0]                      outputs,    // iterations that are classified
    // vector memory, written by the depthwise unit
    output wire                             v_space,
    input  wire                             v_start,
    input  wire                             v_valid,
    input  wire [$clog2(VECTOR_SLOT+1)-1:0] v_index,
    input  wire [VECTOR_LANES*P*AY-1:0]     v_data,
    input  wire                             v_done,
    // room for what a job will give out
    input  wire                             fb_space,
    output wire                             fb_start,
    input  wire                             class_space,
    output wire                             class_start,
    // results, and of their pixel:
    output wire                             y_valid,
    output wire                             y_first,
    output wire                             y_last,
    output wire [DRAIN*P*RB-1:0]            y_data,
    output wire [$clog2(N*L+1)-1:0]         y_map,      // n*L + l, whose batch norm it gets; N*L: a block before the last
    output wire                             y_later,    // a block after the first
    output wire [7:0]                       y_pixel     // see hwg_state
);
  localparam integer ROWS  = 32'(ARRAY[hwg_pkg::ROWS_AT +: 16]);
  localparam integer LANES = 32'(ARRAY[hwg_pkg::LANES_AT +: 16]);
  localparam integer ACC_BITS = 32'(ARRAY[hwg_pkg::ACC_BITS_AT +: 8]);
  localparam integer ENTRIES = SETS * L * K;
  localparam [hwg_pkg::JOB_BITS-1:0] LAST = JOBS[(ENTRIES-1)*hwg_pkg::JOB_BITS +: hwg_pkg::JOB_BITS];
  localparam integer LAST_GROUPS = 32'(LAST[hwg_pkg::GROUPS_AT +: 16]) + 1;
  localparam integer LAST_WORDS = 32'(LAST[hwg_pkg::WORDS_AT +: 16]) + 1;
  localparam integer DEPTH = 32'(LAST[hwg_pkg::WEIGHTS_AT +: 24]) + LAST_GROUPS * LAST_WORDS;
  localparam integer CONSTANTS = 32'(LAST[hwg_pkg::CONSTANTS_AT +: 24]) + LAST_GROUPS * (ROWS / DRAIN);
  localparam integer DW = (DEPTH > 1) ? $clog2(DEPTH) : 1;
  localparam integer CAW = (CONSTANTS > 1) ? $clog2(CONSTANTS) : 1;
  localparam integer MW = $clog2(N * L + 1);
  localparam integer XW = $clog2(ENTRIES + 1);
  localparam integer SUB = VECTOR_LANES / LANES;
  localparam integer VAW = $clog2(VECTOR_SLOTS * VECTOR_SLOT);
  localparam integer SW = $clog2(VECTOR_SLOTS + 1);

  // ---------------------------------------------------------------- vector memory
  reg [VAW-1:0] v_base_q, v_next_q, v_rbase_q, v_word_q;
  wire          v_first = v_index == '0;  // a pixel's first word takes the next slot
  wire [VAW-1:0] v_base = v_first ? v_next_q : v_base_q;
  reg [SW-1:0]  used_q;
  wire          filled;    // a vector is there
  wire          start, ending;
  assign v_space = used_q != SW'(VECTOR_SLOTS);
  function [VAW-1:0] next_slot(input [VAW-1:0] from);
    next_slot = (from == VAW'((VECTOR_SLOTS - 1) * VECTOR_SLOT)) ? '0 : from + VAW'(VECTOR_SLOT);
  endfunction
  always @(posedge clk)
    if (rst) begin
      v_next_q  <= '0;
      v_rbase_q <= '0;
      used_q    <= '0;
    end else begin
      if (v_valid && v_first) v_next_q <= next_slot(v_next_q);
      if (ending) v_rbase_q <= next_slot(v_rbase_q);
      used_q <= used_q + SW'(v_start) - SW'(ending);
    end
  hwg_tokens #(.MOST(VECTOR_SLOTS)) u_filled (.clk(clk), .rst(rst), .put(v_done), .take(start), .some(filled));
  // The memory is far from the depthwise unit: a register on the way. Its word is there before the job that reads it.
  reg            v_we_q;
  reg [VAW-1:0]  v_waddr_q;
  reg [VECTOR_LANES*P*AY-1:0] v_wdata_q;
  always @(posedge clk) begin
    if (v_valid && v_first) v_base_q <= v_next_q;
    v_we_q    <= v_valid && !rst;
    v_waddr_q <= v_base + VAW'(v_index);
    v_wdata_q <= v_data;
  end

  // ---------------------------------------------------------------- job
  wire [5:0] n;
  wire [2:0] l, k;
  wire [12:0] x, y;
  wire first_pixel, last_x, last_y, last_pixel, last_pass, done;
  wire last_n;
  wire [15:0] count;
  wire free, valid, first_word, last_word, first_group, last_group;
  hwg_walk #(.L(L), .K(K), .N(N), .MAP_W(MAP_W), .MAP_H(MAP_H)) u_walk (
      .clk(clk), .rst(rst), .load(load), .mask(mask), .step(start), .n(n), .last_n(last_n), .l(l), .k(k), .x(x), .y(y),
      .first_pixel(first_pixel), .last_x(last_x), .last_y(last_y), .last_pixel(last_pixel), .last_pass(last_pass),
      .done(done));
  wire last_block = k == 3'(K - 1);
  reg  classify, to_stream;  // jobs take seven cycles or more, so these and the lookups below may lag
  always @(posedge clk) begin
    classify  <= last_block && outputs[n];
    to_stream <= FEEDBACK != hwg_pkg::ONCHIP && l == '0 && !(last_n && last_block);
  end
  assign start = free && filled && (!classify || class_space) && (!to_stream || fb_space);
  assign class_start = start && classify;
  assign fb_start    = start && to_stream;
  wire unused = &{1'b0, x, y, last_x, last_y, done, count};

  // Of the iteration, scale and block: what the next job begins with.
  wire [hwg_pkg::JOB_BITS-1:0] job;
  wire [XW-1:0] entry;
  wire [MW-1:0] maps_before;  // n*L
  reg  [MW-1:0] map_q;
  hwg_job_lookup #(.L(L), .K(K), .N(N), .SETS(SETS), .SET_OF(SET_OF), .JOBS(JOBS)) u_lookup (
      .clk(clk), .is_layer(1'b0), .layer(3'd0), .n(n), .l(l), .k(k), .entry(entry), .job(job));
  hwg_const_mul #(.FACTOR(L), .IW(6), .OW(MW)) u_maps (.x(n), .y(maps_before));
  always @(posedge clk) map_q <= last_block ? maps_before + MW'(l) : MW'(N * L);
  wire unused_job = &{1'b0, job};
  hwg_issue #(.GW(16), .TW(16)) u_issue (
      .clk(clk), .rst(rst), .start(start), .groups(job[hwg_pkg::GROUPS_AT +: 16]),
      .period(job[hwg_pkg::PERIOD_AT +: 16]), .words(job[hwg_pkg::WORDS_AT +: 16]), .free(free), .ending(ending),
      .valid(valid), .count(count), .first_word(first_word), .last_word(last_word), .first_group(first_group),
      .last_group(last_group));

  localparam integer INFO = MW + 9;
  reg [DW-1:0]   waddr_q;
  reg [CAW-1:0]  rbase_q;
  reg [XW-1:0]   x_q;
  reg [INFO-1:0] info_q;  // map, block > 0, then as hwg_state takes them
  always @(posedge clk)
    if (start) begin
      waddr_q <= job[hwg_pkg::WEIGHTS_AT +: DW];
      rbase_q <= job[hwg_pkg::CONSTANTS_AT +: CAW];
      x_q     <= entry;
      info_q  <= {map_q, k != '0, l, first_pixel, classify, to_stream, last_pixel && last_block,
                  last_pixel && last_pass && last_n};
    end else if (valid) waddr_q <= waddr_q + 1'b1;

  // Words of LANES out of memory words of VECTOR_LANES.
  wire [VECTOR_LANES*P*AY-1:0] v_word;
  wire [LANES*P*AY-1:0] operand;
  hwg_ram #(.WIDTH(VECTOR_LANES * P * AY), .DEPTH(VECTOR_SLOTS * VECTOR_SLOT), .LUT_DEPTH(VECTORS_LUT_DEPTH)) u_vectors (
      .clk(clk), .we(v_we_q), .waddr(v_waddr_q), .wdata(v_wdata_q), .re(valid),
      .raddr(v_rbase_q + v_word_q), .rdata(v_word));
  generate
    if (SUB == 1) begin : gen_whole
      always @(posedge clk)
        if (start || (valid && last_word)) v_word_q <= '0;
        else if (valid) v_word_q <= v_word_q + 1'b1;
      assign operand = v_word;
    end else begin : gen_part
      localparam integer TW = $clog2(SUB);
      reg [TW-1:0] sub_q, sub1_q, sub2_q;
      always @(posedge clk) begin
        if (start || (valid && last_word)) begin
          v_word_q <= '0;
          sub_q    <= '0;
        end else if (valid) begin
          sub_q <= (sub_q == TW'(SUB - 1)) ? '0 : sub_q + 1'b1;
          if (sub_q == TW'(SUB - 1)) v_word_q <= v_word_q + 1'b1;
        end
        {sub2_q, sub1_q} <= {sub1_q, sub_q};
      end
      hwg_select #(.N(SUB), .W(LANES * P * AY)) u_part (.index(sub2_q), .entries(v_word), .entry(operand));
    end
  endgenerate

  // ---------------------------------------------------------------- array; activations are unsigned
  wire [LANES*P*(AY+1)-1:0] operand_signed;
  genvar i;
  generate
    for (i = 0; i < LANES * P; i = i + 1) begin : gen_operand
      assign operand_signed[i*(AY+1) +: AY+1] = {1'b0, operand[i*AY +: AY]};
    end
  endgenerate
  localparam integer SIDE = XW + CAW + INFO + 2;
  wire                     a_valid, a_first_group, a_last_group, beat_valid;
  wire [ROWS*P*ACC_BITS-1:0] a_data;
  wire [XW-1:0]            a_x, beat_x;
  wire [CAW-1:0]           a_rbase;
  wire [INFO-1:0]          a_info;
  hwg_mac_array #(.ARRAY(ARRAY), .AW(AY + 1), .DEPTH(DEPTH), .SIDE(SIDE), .FILE({MEM_DIR, "project.hex"})) u_array (
      .clk(clk), .rst(rst), .s_valid(valid), .s_addr(waddr_q), .s_first(first_word), .s_digit(1'b0),
      .s_last(last_word), .s_side({x_q, rbase_q, info_q, first_group, last_group}), .s_data(operand_signed),
      .m_valid(a_valid), .m_data(a_data), .m_side({a_x, a_rbase, a_info, a_first_group, a_last_group}));
  hwg_array_tail #(.ARRAY(ARRAY), .ENTRIES(ENTRIES), .JOBS(JOBS), .OUT_BITS(RB), .SIDE(INFO), .DEPTH(CONSTANTS),
                   .LUT_DEPTH(CONSTANTS_LUT_DEPTH), .FILE({MEM_DIR, "project_requant.hex"})) u_tail (
      .clk(clk), .rst(rst), .s_valid(a_valid), .s_data(a_data), .s_entry(a_x), .s_constants(a_rbase),
      .s_first_group(a_first_group), .s_last_group(a_last_group), .s_side(a_info), .beat_valid(beat_valid),
      .beat_entry(beat_x), .m_valid(y_valid), .m_first(y_first), .m_last(y_last), .m_data(y_data),
      .m_side({y_map, y_later, y_pixel}));
  wire unused_beat = &{1'b0, beat_valid, beat_x};
endmodule
`default_nettype wire
