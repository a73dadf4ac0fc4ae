// SPDX-License-Identifier: Apache-2.0
// Expand unit: all convolutions that see whole input vectors, those of the data block and the 1x1 expand of the loop.
//
//   operand slots -> [ OE x IE array ] -> drain, Q lanes a beat -> requant -+-> gear -> ring words (loop)
//                                                                           +-> pixel -> words (data block)
//
// A job is one output pixel, or several of a row, which share the weights; a table gives its groups, words, digits, period and constants per kind of layer:
// entries 0...J-1 are the data-block layers, entry J + (set*L + l)*K + k is block k at scale l of a weight set.
// latency   see the schedule in the header of the emitted top; reset drops all jobs
`default_nettype none
module hwg_expand #(
    parameter integer L = 3,
    parameter integer K = 1,
    parameter integer N = 4,
    parameter integer J = 5,
    parameter integer SETS = 1,
    parameter [N*hwg_pkg::SET_BITS-1:0] SET_OF = '0,
    parameter [(J+SETS*L*K)*hwg_pkg::JOB_BITS-1:0] JOBS = {(J + SETS * L * K){hwg_pkg::SMALL_JOB}},
    parameter [hwg_pkg::ARRAY_BITS-1:0] ARRAY = hwg_pkg::SMALL_ARRAY,
    parameter integer P = 32'(ARRAY[hwg_pkg::PIXELS_AT +: 4]),   // pixels of a job, side by side in every lane
    parameter integer IE = 32'(ARRAY[hwg_pkg::LANES_AT +: 16]),  // lanes of the array and of every state word
    parameter integer DIGITS = 0,          // 1: weights of some layers are cut into digits
    parameter integer F = 4,               // channels of a state
    parameter integer YB = 8,              // bits of a result
    parameter integer OPERAND_SLOT = 18,   // words of an operand slot
    parameter integer RING_LANES = 2,      // of a word of the depthwise ring
    parameter integer RING_SLOT = 9,       // words of a pixel there
    parameter integer FEEDBACK = hwg_pkg::ONCHIP,
    parameter integer UAW = $clog2(hwg_pkg::OPERAND_SLOTS * OPERAND_SLOT),
    parameter         MEM_DIR = "mem/"
) (
    input  wire               clk,
    input  wire               rst,
    // jobs from the loader
    input  wire               job_start,
    input  wire               job_is_data,
    input  wire [2:0]         job_layer,
    input  wire [2:0]         job_l,
    input  wire [2:0]         job_k,
    input  wire [5:0]         job_n,
    input  wire               job_first,
    input  wire               job_done,
    output wire               slot_free,
    output wire               u_re,
    output wire [UAW-1:0]     u_addr,
    input  wire [IE*P*hwg_pkg::OPERAND_BITS-1:0] u_data,
    // ring of the depthwise unit
    input  wire               ring_space,
    output wire               ring_start,
    output wire               ring_valid,
    output wire [$clog2(RING_SLOT+1)-1:0] ring_index,
    output wire [RING_LANES*P*YB-1:0] ring_data,
    output wire               ring_done,
    // words of a data-block pixel
    input  wire               fb_space,
    output wire               fb_start,
    output wire               word_valid,
    output wire               word_last,
    output wire [J-1:0]       word_layer,   // one bit for each
    output wire [IE*P*YB-1:0] word_data,
    // for observers: a data-block pixel; the first slot of an iteration
    output wire               probe_valid,
    output wire [2:0]         probe_layer,
    output wire [F*P*YB-1:0]  probe_data,
    output reg                probe_start
);
  localparam integer SLOTS = hwg_pkg::OPERAND_SLOTS;
  localparam integer ROWS  = 32'(ARRAY[hwg_pkg::ROWS_AT +: 16]);
  localparam integer DRAIN = 32'(ARRAY[hwg_pkg::DRAIN_AT +: 16]);
  localparam integer ACC_BITS = 32'(ARRAY[hwg_pkg::ACC_BITS_AT +: 8]);
  localparam integer ENTRIES = J + SETS * L * K;
  localparam [hwg_pkg::JOB_BITS-1:0] LAST = JOBS[(ENTRIES-1)*hwg_pkg::JOB_BITS +: hwg_pkg::JOB_BITS];
  localparam integer LAST_GROUPS = 32'(LAST[hwg_pkg::GROUPS_AT +: 16]) + 1;
  localparam integer LAST_WORDS = 32'(LAST[hwg_pkg::WORDS_AT +: 16]) + 1;
  localparam integer DEPTH = 32'(LAST[hwg_pkg::WEIGHTS_AT +: 24]) + LAST_GROUPS * LAST_WORDS;
  localparam integer CONSTANTS = 32'(LAST[hwg_pkg::CONSTANTS_AT +: 24]) + LAST_GROUPS * (ROWS / DRAIN);
  localparam integer XW = $clog2(ENTRIES + 1);
  localparam integer CAW = (CONSTANTS > 1) ? $clog2(CONSTANTS) : 1;
  localparam integer DW  = (DEPTH > 1) ? $clog2(DEPTH) : 1;
  localparam integer PIW = $clog2(SLOTS);

  // Queue of job descriptions, one per operand slot. A job is described cycles before its slot is full.
  wire           described, in_is_data, in_first;
  wire [XW-1:0]  in_x;
  wire [hwg_pkg::JOB_BITS-1:0] in_job;
  hwg_delay #(.STAGES(hwg_pkg::LOOKUP_CYCLES), .WIDTH(2)) u_described (
      .clk(clk), .rst(rst), .s_valid(job_start), .s_data({job_is_data, job_first}), .m_valid(described),
      .m_data({in_is_data, in_first}));
  hwg_job_lookup #(.L(L), .K(K), .N(N), .SETS(SETS), .FIRST(J), .SET_OF(SET_OF), .JOBS(JOBS)) u_lookup (
      .clk(clk), .is_layer(job_is_data), .layer(job_layer), .n(job_n), .l(job_l), .k(job_k), .entry(in_x), .job(in_job));
  reg  [PIW-1:0] in_q, out_q, next_q;
  wire           filled;                // a slot is full
  localparam integer JOB = XW + DW + CAW + 3;
  wire           start;
  reg  [JOB-1:0] queue [0:SLOTS-1];
  reg  [JOB-1:0] job_q;                 // the oldest
  wire [XW-1:0]  x;
  wire [DW-1:0]  job_w;
  wire [CAW-1:0] job_r;
  wire           is_data, to_stream, opens;
  assign {x, job_w, job_r, is_data, to_stream, opens} = job_q;
  always @(posedge clk) job_q <= start ? queue[next_q] : queue[out_q];

  wire [15:0] count;
  wire [hwg_pkg::JOB_BITS-1:0] job, job_at_work;
  hwg_job_select #(.ENTRIES(ENTRIES), .JOBS(JOBS)) u_job (.index(x), .job(job));
  wire free, ending, valid, first_word, last_word, first_group, last_group;
  assign start = free && filled && (is_data ? (!to_stream || fb_space) : ring_space);
  assign ring_start = start && !is_data;
  assign fb_start   = start && to_stream;
  assign slot_free  = ending;

  hwg_tokens #(.MOST(SLOTS)) u_filled (.clk(clk), .rst(rst), .put(job_done), .take(start), .some(filled));

  reg [XW-1:0]  x_q;
  hwg_job_select #(.ENTRIES(ENTRIES), .JOBS(JOBS)) u_at_work (.index(x_q), .job(job_at_work));
  wire [UAW-1:0] digit_end = UAW'(job_at_work[hwg_pkg::DIGIT_AT +: 16]);
  wire unused_fields = &{1'b0, in_job, job, job_at_work};
  reg [DW-1:0]  waddr_q;
  reg [CAW-1:0] rbase_q;
  reg [UAW-1:0] u_base_q, u_word_q;
  always @(posedge clk) begin
    if (described)
      queue[in_q] <= {in_x, in_job[hwg_pkg::WEIGHTS_AT +: DW], in_job[hwg_pkg::CONSTANTS_AT +: CAW], in_is_data,
                      FEEDBACK != hwg_pkg::ONCHIP && in_x == XW'(2), in_first && !in_is_data};
    if (rst) begin
      in_q   <= '0;
      out_q  <= '0;
      next_q <= PIW'(1);
      u_base_q <= '0;
    end else begin
      if (described) in_q <= (in_q == PIW'(SLOTS - 1)) ? '0 : in_q + 1'b1;
      if (start) begin
        out_q  <= next_q;
        next_q <= (next_q == PIW'(SLOTS - 1)) ? '0 : next_q + 1'b1;
      end
      if (ending) u_base_q <= (u_base_q == UAW'((SLOTS - 1) * OPERAND_SLOT)) ? '0 : u_base_q + UAW'(OPERAND_SLOT);
    end
    probe_start <= !rst && start && opens;
    if (start) begin
      x_q      <= x;
      waddr_q  <= job_w;
      rbase_q  <= job_r;
      u_word_q <= '0;
    end else if (valid) begin
      waddr_q  <= waddr_q + 1'b1;
      u_word_q <= (u_word_q == digit_end) ? '0 : u_word_q + 1'b1;
    end
  end

  hwg_issue #(.GW(16), .TW(16)) u_issue (
      .clk(clk), .rst(rst), .start(start), .groups(job[hwg_pkg::GROUPS_AT +: 16]),
      .period(job[hwg_pkg::PERIOD_AT +: 16]), .words(job[hwg_pkg::WORDS_AT +: 16]), .free(free), .ending(ending),
      .valid(valid), .count(count), .first_word(first_word), .last_word(last_word), .first_group(first_group),
      .last_group(last_group));
  assign u_re   = valid;
  assign u_addr = u_base_q + u_word_q;

  localparam integer SIDE = XW + CAW + 2;
  wire                     a_valid, a_first_group, a_last_group, beat_valid, y_valid, y_first, y_last;
  wire [ROWS*P*ACC_BITS-1:0] a_data;
  wire [XW-1:0]            a_x, beat_x;
  wire [CAW-1:0]           a_rbase;
  wire [2:0]               y_layer;
  wire [DRAIN*P*YB-1:0]    y_data;
  hwg_mac_array #(.ARRAY(ARRAY), .AW(hwg_pkg::OPERAND_BITS), .DIGITS(DIGITS), .DEPTH(DEPTH), .SIDE(SIDE),
                  .FILE({MEM_DIR, "expand.hex"})) u_array (
      .clk(clk), .rst(rst), .s_valid(valid), .s_addr(waddr_q), .s_first(first_word), .s_digit(u_word_q == '0),
      .s_last(last_word), .s_side({x_q, rbase_q, first_group, last_group}), .s_data(u_data),
      .m_valid(a_valid), .m_data(a_data), .m_side({a_x, a_rbase, a_first_group, a_last_group}));
  hwg_array_tail #(.ARRAY(ARRAY), .ENTRIES(ENTRIES), .JOBS(JOBS), .OUT_BITS(YB), .SIDE(3), .DEPTH(CONSTANTS),
                   .FILE({MEM_DIR, "expand_requant.hex"})) u_tail (
      .clk(clk), .rst(rst), .s_valid(a_valid), .s_data(a_data), .s_entry(a_x), .s_constants(a_rbase),
      .s_first_group(a_first_group), .s_last_group(a_last_group), .s_side(3'(a_x)), .beat_valid(beat_valid),
      .beat_entry(beat_x), .m_valid(y_valid), .m_first(y_first), .m_last(y_last), .m_data(y_data), .m_side(y_layer));

  // Where the beat goes is known before: the gear is far from the array.
  wire beat_is_data = beat_x < XW'(J);
  wire y_to_ring, y_to_pixel, unused_ring, unused_pixel;
  hwg_delay #(.STAGES(hwg_pkg::REQUANT_CYCLES), .WIDTH(1)) u_to_ring (
      .clk(clk), .rst(rst), .s_valid(beat_valid && !beat_is_data), .s_data(1'b0), .m_valid(y_to_ring),
      .m_data(unused_ring));
  hwg_delay #(.STAGES(hwg_pkg::REQUANT_CYCLES), .WIDTH(1)) u_to_pixel (
      .clk(clk), .rst(rst), .s_valid(beat_valid && beat_is_data), .s_data(1'b0), .m_valid(y_to_pixel),
      .m_data(unused_pixel));
  hwg_gear #(.QI(DRAIN), .QO(RING_LANES), .LW(P * YB), .IW($clog2(RING_SLOT + 1))) u_gear (
      .clk(clk), .rst(rst), .s_valid(y_to_ring), .s_first(y_first), .s_last(y_last), .s_data(y_data),
      .m_valid(ring_valid), .m_index(ring_index), .m_data(ring_data), .m_done(ring_done));

  hwg_pixel_pack #(.Q(DRAIN), .LANES(F), .LW(P * YB), .SIDE(3)) u_pixel (
      .clk(clk), .rst(rst), .s_valid(y_to_pixel), .s_last(y_last), .s_data(y_data),
      .s_side(y_layer), .m_valid(probe_valid), .m_data(probe_data), .m_side(probe_layer));
  wire word_first;
  hwg_slicer #(.LANES(F), .WL(IE), .WORDS((F + IE - 1) / IE), .LW(P * YB), .SIDE(J)) u_words (
      .clk(clk), .rst(rst), .s_valid(probe_valid), .s_data(probe_data), .s_side(J'(1) << probe_layer), .m_valid(word_valid),
      .m_first(word_first), .m_last(word_last), .m_data(word_data), .m_side(word_layer));
  wire unused = &{1'b0, word_first, count, y_valid, unused_ring, unused_pixel};
endmodule
`default_nettype wire
