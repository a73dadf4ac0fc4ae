// SPDX-License-Identifier: Apache-2.0
// Operand loader: gathers the input vector of one output pixel (a job) into a slot of the operand memory.
//
//   patches --------------------+
//   data-block lines (9 taps) --+--> lane arithmetic --> operand memory (SLOTS x SLOT words of IE lanes) --> expand
//   state: own, up2 (4 taps) ---+        |     \-> residual memory (own state, for the project unit)
//   pooled finer scale ---------+        \-> pool memory (2x2 sums of this scale, for the next coarser one)
//
// Where a job is of P > 1 pixels, neighbours in a row, lanes have those of all side by side; maps are as wide as such words
// fill their rows, and TAIL says which pixels of the last word of a row the map has.
// Jobs: the data block in the order of hwg_data_seq, then the loop in the order of hwg_iter_seq. A job starts when its
// slot is free and all that it reads has been written.
// latency   a word issued at cycle i is in the operand memory for reads issued from cycle i+6 on, i+8 where P > 1
// rate      one word read a cycle; a job takes as many cycles as words read, at least two (a loop job three: hwg_iter_seq)
// reset     control only
`default_nettype none
module hwg_loader #(
    parameter integer L = 3,
    parameter integer K = 1,
    parameter integer N = 16,
    parameter integer J = 5,
    parameter integer LAW = 10,
    parameter integer SAW = 12,
    parameter [(J+1)*13-1:0] DATA_W = {13'd8, 13'd15, 13'd30, 13'd60, 13'd120, 13'd240},
    parameter [(J+1)*13-1:0] DATA_H = {13'd6, 13'd12, 13'd23, 13'd45, 13'd90, 13'd180},
    parameter [J*16-1:0] LINE_SLOTS = {16'd36, 16'd68, 16'd128, 16'd248, 16'd0},
    parameter [J*LAW-1:0] LINE_BASE = '0,
    parameter [L*13-1:0] MAP_W = {L{13'd8}},
    parameter [L*13-1:0] MAP_H = {L{13'd8}},
    parameter [L*SAW-1:0] STATE_BASE = '0,
    parameter integer STATE_WORDS = 256,
    parameter [L*K*24-1:0] PASS_OFFSET = '0,
    parameter integer P = 1,              // pixels of a job
    parameter [L*P-1:0] TAIL = {(L * P){1'b1}},            // of the maps
    parameter [(J+1)*P-1:0] DATA_TAIL = {((J + 1) * P){1'b1}},  // of the data block's maps
    parameter integer IE = 51,            // lanes of a word
    parameter integer CF = 1,             // words of a pixel
    parameter integer PB = 8,             // bits of a patch value
    parameter integer YB = 8,             // bits of a lane in the line memory
    parameter integer AS = 8,             // bits of a state
    parameter integer OPERAND_SLOT = 9,   // words of an operand slot
    parameter integer POOLED = 0,         // 1: bidirectional mixing
    parameter integer RESIDUALS = 64,     // words of the residual memory
    parameter integer FEEDBACK = hwg_pkg::ONCHIP,
    parameter integer OPERANDS_LUT_DEPTH = 32,  // memories of up to so many words are LUT RAM
    parameter integer RESIDUALS_LUT_DEPTH = 32,
    parameter integer UAW = $clog2(hwg_pkg::OPERAND_SLOTS * OPERAND_SLOT),
    parameter integer RESAW = $clog2(RESIDUALS)
) (
    input  wire                clk,
    input  wire                rst,
    input  wire                load,
    input  wire [63:0]         mask,
    // patches of the first convolution
    input  wire                patch_valid,
    output wire                patch_ready,
    input  wire [27*P*PB-1:0]  patch,
    // data-block lines, state memory, feedback FIFO: read ports, data two cycles after the address
    output wire                line_re,
    output wire [LAW-1:0]      line_addr,
    input  wire [IE*P*YB-1:0]  line_data,
    output wire                state_re,
    output wire [SAW-1:0]      state_addr,
    input  wire [IE*P*AS-1:0]  state_data,
    input  wire                fb_ready,      // a whole pixel is there
    output wire                fb_take,
    output wire                fb_re,
    input  wire [IE*P*AS-1:0]  fb_data,
    // progress of the writers
    input  wire                data_written,  // a data-block pixel of layer data_layer is in memory
    input  wire [J-1:0]        data_layer,    // one bit for each
    input  wire                loop_written,  // the loop has written a pixel
    // jobs for the expand unit
    input  wire                slot_free,     // expand gives a slot back
    output reg                 job_done,      // the oldest slot that was not yet announced is full
    output wire                job_start,     // its description, to be queued
    output wire                job_is_data,
    output wire [2:0]          job_layer,
    output wire [2:0]          job_l,
    output wire [2:0]          job_k,
    output wire [5:0]          job_n,
    output wire                job_first,
    // operand memory, read port
    input  wire                u_re,
    input  wire [UAW-1:0]      u_addr,
    output wire [IE*P*hwg_pkg::OPERAND_BITS-1:0] u_data,
    // residual memory, read port; residual_ready pulses for each pixel stored
    output reg                 residual_ready,
    input  wire                residual_re,
    input  wire [RESAW-1:0]      residual_addr,
    output wire [IE*P*AS-1:0]  residual_data
);
  localparam integer EA = hwg_pkg::OPERAND_BITS;
  localparam integer SLOTS = hwg_pkg::OPERAND_SLOTS;
  localparam integer LANES = IE * P;            // values of a word
  localparam integer LATER = (P > 1) ? 2 : 0;   // cycles between reads of lines and of all else
  localparam integer NW0 = (27 + IE - 1) / IE;  // words of a patch
  // state address of pool address 0
  localparam integer POOL_BASE = (L > 1) ? 32'(STATE_BASE[((L > 1) ? SAW : 0) +: SAW]) : 0;
  localparam integer PIXELS = 32'(PASS_OFFSET[(L*K-1)*24 +: 24])  // that the loop writes in an iteration
                            + 32'(MAP_W[(L-1)*13 +: 13]) * 32'(MAP_H[(L-1)*13 +: 13]);
  function [J*9*LAW-1:0] displacements(input integer unused);
    integer i, t, slots;
    for (i = 0; i < J * 9; i = i + 1) begin
      t = i % 9;
      slots = (i < 9) ? 1 : 32'(LINE_SLOTS[i/9*16 +: 16]);  // the first layer has patches
      displacements[i*LAW +: LAW] = LAW'(((t / 3 - 1) * 32'(DATA_W[i/9*13 +: 13]) + t % 3 - 1 + slots) % slots * CF);
    end
  endfunction
  localparam [J*9*LAW-1:0] LINE_DELTA = displacements(0);  // of the nine taps, in words
  localparam integer CW = $clog2(32'(DATA_W[13 +: 13]) * 32'(DATA_H[13 +: 13]) + 1);  // pixels of the largest layer
  localparam integer TW = $clog2(9 * CF + NW0 + 2);
  localparam integer WW = (CF > NW0) ? $clog2(CF + 1) : $clog2(NW0 + 1);
  localparam integer SW = $clog2(SLOTS + 1);
  localparam [2:0] PATCH = 3'd0, LINE = 3'd1, OWN = 3'd2, UP = 3'd3, POOL = 3'd4;

  // ---------------------------------------------------------------- next job
  wire          d_valid, d_done;
  wire [2:0]    d_layer;
  wire          d_stem;
  wire          d_fed;
  wire [LAW-1:0] d_center;
  wire [3:0]    d_edges;
  wire          d_last, i_odd, i_left, i_right, i_odd_row, i_bottom;
  wire          i_valid, i_first, i_done;
  wire [5:0]    i_n;
  wire [2:0]    i_l, i_k;
  wire [SAW-1:0] i_own, i_pooled;
  wire [4*SAW-1:0] i_taps;
  wire          i_ready;
  wire          start_data, start_iter;
  wire          start = start_data || start_iter;

  // Pixels written, by data-block layer.
  wire [J-1:0]  data_writes = data_layer & {J{data_written}};

  hwg_data_seq #(.J(J), .MAP_W(DATA_W), .MAP_H(DATA_H), .SLOTS(LINE_SLOTS), .SLOT(CF), .LAG(hwg_pkg::DATA_LAG), .AW(LAW), .CW(CW))
      u_data_seq (
      .clk(clk), .rst(rst), .load(load), .take(start_data), .written(data_writes), .m_valid(d_valid), .m_layer(d_layer),
      .m_stem(d_stem), .m_fed(d_fed), .m_center(d_center), .m_edges(d_edges), .m_last(d_last), .done(d_done));
  hwg_iter_seq #(.L(L), .K(K), .N(N), .MAP_W(MAP_W), .MAP_H(MAP_H), .BASE(STATE_BASE), .OFFSET(PASS_OFFSET),
                 .PIXELS(PIXELS), .CF(CF), .AW(SAW)) u_iter_seq (
      .clk(clk), .rst(rst), .load(load), .mask(mask), .take(start_iter), .written(loop_written),
      .m_valid(i_valid), .m_n(i_n), .m_l(i_l),
      .m_k(i_k), .m_first(i_first), .m_own(i_own), .m_taps(i_taps), .m_pooled(i_pooled), .m_ready(i_ready),
      .m_odd(i_odd), .m_left(i_left), .m_right(i_right), .m_odd_row(i_odd_row), .m_bottom(i_bottom), .done(i_done));
  wire unused_done = &{1'b0, i_done};
  // Pixels of the word that are in the map, of a word of the data block's input if it is the last of its row, and of a
  // state; of the latter the last one of a row.
  wire [P-1:0]  d_tail, i_tail, i_edge;
  hwg_select #(.N(J), .W(P), .IW(3)) u_data_tail (.index(d_layer), .entries(DATA_TAIL[J*P-1:0]), .entry(d_tail));
  hwg_select #(.N(L), .W(P), .IW(3)) u_tail (.index(i_l), .entries(TAIL), .entry(i_tail));
  assign i_edge = i_right ? P'(({1'b0, i_tail} + 1'b1) >> 1) : '0;  // the last of the ones
  wire unused_tail = &{1'b0, DATA_TAIL[J*P +: P]};

  // Of the last data-block layer, pixels written are counted.
  localparam integer LAST_PIXELS = 32'(DATA_W[J*13 +: 13]) * 32'(DATA_H[J*13 +: 13]);
  reg  [CW-1:0] missing_q;
  reg           data_complete;
  always @(posedge clk)
    if (rst || load) begin
      missing_q     <= CW'(LAST_PIXELS - 1);
      data_complete <= 1'b0;
    end else if (data_writes[J-1]) begin
      missing_q     <= missing_q - 1'b1;
      data_complete <= missing_q == '0;
    end

  // ---------------------------------------------------------------- start
  reg           busy_q;
  reg [TW-1:0]  left_q;      // cycles after this one
  reg [SW-1:0]  used_q;
  reg           free_q, room_q;  // nothing in hand after this cycle; a slot left
  wire [SW-1:0] used   = used_q + SW'(start) - SW'(slot_free);
  wire          d_ready = d_stem ? patch_valid : d_fed;
  wire          i_mixes = i_k == '0 && i_l != 3'(L - 1);
  wire          i_pools = POOLED != 0 && i_k == '0 && i_l != '0;
  wire          i_from_stream = FEEDBACK != hwg_pkg::ONCHIP && i_l == '0;
  assign start_data = free_q && room_q && d_valid && d_ready;
  assign start_iter = free_q && room_q && d_done && data_complete && i_valid && i_ready
                      && (!i_from_stream || fb_ready);
  assign patch_ready = start_data && d_stem;
  assign fb_take     = start_iter && i_from_stream;
  wire [TW-1:0] cost = !d_done ? (d_stem ? TW'(NW0) : TW'(9 * CF))
                                  : TW'(CF) + (i_mixes ? TW'(4 * CF) : '0) + (i_pools ? TW'(CF) : '0);
  assign job_start   = start;
  assign job_is_data = start_data;
  assign job_layer   = d_layer;
  assign job_l       = i_l;
  assign job_k       = i_k;
  assign job_n       = i_n;
  assign job_first   = i_first;

  // constants of the layer that comes next
  wire [9*LAW-1:0] deltas;
  wire [LAW-1:0]   line_base;
  wire [15:0]      line_slots;
  wire [LAW:0]     ring;
  hwg_select #(.N(J), .W(9 * LAW), .IW(3)) u_deltas (.index(d_layer), .entries(LINE_DELTA), .entry(deltas));
  hwg_select #(.N(J), .W(LAW), .IW(3)) u_line_base (.index(d_layer), .entries(LINE_BASE), .entry(line_base));
  hwg_select #(.N(J), .W(16), .IW(3)) u_line_slots (.index(d_layer), .entries(LINE_SLOTS), .entry(line_slots));
  hwg_const_mul #(.FACTOR(CF), .IW(16), .OW(LAW + 1)) u_ring (.x(line_slots), .y(ring));

  reg [2:0]     phase_q, layer_q;
  reg           mixes_q, pools_q, stream_q, collect_q, wait_q;
  reg [WW-1:0]  word_q;
  reg [3:0]     tap_q;
  reg [3:0]     edges_q;
  reg [9*LAW-1:0] deltas_q;    // of the taps to come, in words from the centre
  reg [LAW-1:0] line_base_q;
  reg [LAW:0]   center_q, over_q;  // centre of the window in its ring; the same less the ring's size
  reg [SAW-1:0] own_q, pooled_q;
  reg [4*SAW-1:0] taps_q;
  reg [27*P*PB-1:0] patch_q;
  // last word of a row; column odd, first; odd row, last row; pixels of an input, and the last of a row
  reg           last_q, odd_q, opens_q, odd_row_q, bottom_q;
  reg [P-1:0]   tail_q, edge_q;
  reg [UAW-1:0] u_base_q, u_word_q;

  wire last_word   = word_q == ((phase_q == PATCH) ? WW'(NW0 - 1) : WW'(CF - 1));
  wire last_tap    = (phase_q == LINE) ? tap_q == 4'd8 : (phase_q == UP) ? tap_q == 4'd3 : 1'b1;
  // up2 takes the four taps of a word in a row, a window of several pixels the three of a word and a row
  wire third_tap    = tap_q == 4'd2 || tap_q == 4'd5 || tap_q == 4'd8;
  wire in_threes    = P > 1 && phase_q == LINE;
  wire inner_is_tap = phase_q == UP;
  wire word_steps   = in_threes ? third_tap : !inner_is_tap || last_tap;
  wire phase_ends  = last_word && last_tap;
  wire writes_u    = phase_q != UP || last_tap;

  always @(posedge clk) begin
    if (rst) begin
      busy_q <= 1'b0;
      free_q <= 1'b1;
      used_q <= '0;
      room_q <= 1'b1;
    end else begin
      free_q <= !start && (!busy_q || left_q <= TW'(1));
      room_q <= used != SW'(SLOTS);
      if (start) busy_q <= 1'b1;
      else if (left_q == '0) busy_q <= 1'b0;
      used_q <= used;
    end
    if (rst || load) u_base_q <= UAW'((SLOTS - 1) * OPERAND_SLOT);
    else if (start) u_base_q <= (u_base_q == UAW'((SLOTS - 1) * OPERAND_SLOT)) ? '0 : u_base_q + UAW'(OPERAND_SLOT);
    // Also while no job is in hand: what is taken then is the description of the next one, until it starts.
    if (free_q) begin
      left_q   <= (cost < TW'(2)) ? TW'(1) : cost - 1'b1;
      wait_q   <= 1'b0;
      phase_q  <= d_done ? OWN : d_stem ? PATCH : LINE;
      layer_q  <= d_layer;
      mixes_q  <= i_mixes;
      pools_q  <= i_pools;
      stream_q <= i_from_stream;
      collect_q <= POOLED != 0 && i_mixes;
      word_q   <= '0;
      tap_q    <= '0;
      edges_q  <= d_edges;
      center_q <= (LAW+1)'(d_center);
      over_q   <= (LAW+1)'(d_center) - ring;
      deltas_q <= deltas;
      line_base_q <= line_base;
      own_q    <= i_own;
      pooled_q <= i_pooled;
      taps_q   <= i_taps;
      patch_q  <= patch;
      u_word_q <= '0;
      {last_q, tail_q} <= {d_last, d_tail};
      {odd_q, opens_q, odd_row_q, bottom_q, edge_q} <= {i_odd, i_left, i_odd_row, i_bottom, i_edge};
    end else if (busy_q) begin
      if (left_q != '0) left_q <= left_q - 1'b1;
      if (phase_ends && left_q != '0 && phase_q == PATCH) wait_q <= 1'b1;  // a one-word job idles one cycle
      if (phase_ends && (phase_q == OWN || phase_q == UP)) begin
        if (phase_q == OWN && !mixes_q && !pools_q) wait_q <= 1'b1;
        phase_q <= (phase_q == OWN && mixes_q) ? UP : POOL;
        word_q  <= '0;
        tap_q   <= '0;
      end else begin
        if (in_threes) tap_q <= (third_tap && !last_word) ? tap_q - 4'd2 : tap_q + 1'b1;
        else tap_q <= (phase_q == LINE && !last_word) ? tap_q : last_tap ? '0 : tap_q + 1'b1;
        if (P == 1 && phase_q == LINE && last_word) deltas_q <= deltas_q >> LAW;
        word_q <= !word_steps ? word_q : last_word ? '0 : word_q + 1'b1;
      end
      if (writes_u) u_word_q <= u_word_q + 1'b1;
    end
  end

  // ---------------------------------------------------------------- stage B: addresses
  wire issue = busy_q && !wait_q;
  wire outside;
  hwg_tap_edges u_edges (.tap(tap_q), .top(edges_q[0]), .bottom(edges_q[1]), .left(edges_q[2]), .right(edges_q[3]),
                         .outside(outside));
  wire [SAW-1:0] up_tap;
  hwg_select #(.N(4), .W(SAW)) u_up_tap (.index(tap_q[1:0]), .entries(taps_q), .entry(up_tap));
  // Both places that a tap can have in its ring, at once: the second counts unless it lies before the ring.
  wire [LAW-1:0] delta;
  wire [UAW-1:0] line_word;  // of the slot: where the operand of a tap goes
  generate
    if (P == 1) begin : gen_in_order
      assign {delta, line_word} = {deltas_q[LAW-1:0], u_word_q};
    end else begin : gen_in_threes
      wire [UAW-1:0] tap_words;
      hwg_select #(.N(9), .W(LAW)) u_delta (.index(tap_q), .entries(deltas_q), .entry(delta));
      hwg_const_mul #(.FACTOR(CF), .IW(4), .OW(UAW)) u_tap_words (.x(tap_q), .y(tap_words));
      assign line_word = tap_words + UAW'(word_q);
    end
  endgenerate
  wire [LAW:0]   straight = center_q + (LAW+1)'(delta);
  wire [LAW:0]   wrapped  = over_q + (LAW+1)'(delta);
  wire [LAW-1:0] place    = wrapped[LAW] ? straight[LAW-1:0] : wrapped[LAW-1:0];
  wire unused_carry = straight[LAW];
  wire           last_issue = phase_ends && ((phase_q == PATCH || phase_q == LINE || phase_q == POOL)
                              || (phase_q == OWN && !mixes_q && !pools_q) || (phase_q == UP && !pools_q));

  localparam integer META = UAW + 14;
  localparam integer NEAR = 4 + P;       // what the pixels of a word need to know of each other
  localparam integer READ = META + NEAR + 9 + 2 * SAW + LANES * EA;
  reg             a_valid, a_state, a_fb, a_pool, a_stream, a_collect, a_line;
  reg [META-1:0]  a_meta;
  reg [NEAR-1:0]  a_near;
  reg [3:0]       a_pooling;
  reg [SAW-1:0]   a_state_addr, a_pool_addr;
  reg [LAW-1:0]   a_line_addr;
  reg [LANES*EA-1:0] a_patch;
  reg [P-1:0]     line_b;                // pixels of a line's word that the map has
  wire [3:0]      up_weight = (tap_q == 4'd0) ? 4'd9 : (tap_q == 4'd3) ? 4'd1 : 4'd3;
  wire            left_tap  = tap_q == 4'd0 || tap_q == 4'd3 || tap_q == 4'd6;
  // The last word of a row is that of the centre, if nothing is to the right of it, else the one to its right.
  wire            cut = last_q && (edges_q[3] ? !left_tap && !third_tap : third_tap);
  wire [LANES*EA-1:0] patch_word;
  always @(posedge clk) begin
    a_valid <= !rst && issue;
    // state and pool reads
    a_line  <= !rst && issue && phase_q == LINE;
    a_state <= !rst && issue && ((phase_q == OWN && !stream_q) || phase_q == UP);
    a_fb    <= !rst && issue && phase_q == OWN && stream_q;
    a_pool  <= !rst && issue && ((phase_q == OWN && collect_q) || phase_q == POOL);
    a_stream  <= stream_q && phase_q == OWN;
    a_collect <= collect_q && phase_q == OWN;
    // words of a tap lie in a row
    a_line_addr  <= (P > 1) ? line_base_q + place + LAW'(word_q)
                  : (word_q == '0) ? line_base_q + place : a_line_addr + 1'b1;
    a_state_addr <= ((phase_q == OWN) ? own_q : up_tap) + SAW'(word_q);
    a_pool_addr  <= ((phase_q == POOL) ? own_q : pooled_q) + SAW'(word_q) - SAW'(POOL_BASE);
    a_meta <= {last_issue, phase_q == PATCH, phase_q == LINE && (P > 1 || !outside) && layer_q <= 3'd2,
               phase_q == LINE && (P > 1 || !outside) && layer_q > 3'd2, phase_q == POOL, phase_q == OWN, phase_q == UP,
               phase_q == UP && tap_q == '0, writes_u, up_weight, last_word,
               u_base_q + ((phase_q == LINE) ? line_word : u_word_q)};
    a_near    <= {(phase_q == UP) ? tap_q[1:0] : {left_tap, third_tap}, odd_q, opens_q, edge_q};
    a_pooling <= (P > 1) ? {!odd_row_q, odd_row_q || bottom_q, 1'b0, !odd_row_q && bottom_q}
                         : {!odd_q && !odd_row_q, (odd_q || edge_q[0]) && (odd_row_q || bottom_q),
                            2'(edge_q[0] && !odd_q) + 2'(bottom_q && !odd_row_q)};
    line_b    <= outside ? '0 : cut ? tail_q : '1;
    if (issue && phase_q == PATCH) a_patch <= patch_word;
  end
  assign {line_re, line_addr} = {a_line, a_line_addr};

  // Lines are read LATER cycles before all else: a tap needs words that come after its own.
  wire               b_valid, b_stream, b_collect, pool_re;
  wire [META-1:0]    b_meta;
  wire [NEAR-1:0]    b_near;
  wire [3:0]         b_pooling;
  wire [SAW-1:0]     pool_addr;
  wire [LANES*EA-1:0] patch_b;
  wire               reads_state, reads_fb, reads_pool;
  hwg_delay #(.STAGES(LATER), .WIDTH(READ)) u_later (
      .clk(clk), .rst(rst), .s_valid(a_valid),
      .s_data({a_meta, a_near, a_stream, a_collect, a_pooling, a_state, a_fb, a_pool, a_state_addr, a_pool_addr, a_patch}),
      .m_valid(b_valid),
      .m_data({b_meta, b_near, b_stream, b_collect, b_pooling, reads_state, reads_fb, reads_pool, state_addr, pool_addr,
               patch_b}));
  assign {state_re, fb_re, pool_re} = {3{b_valid}} & {reads_state, reads_fb, reads_pool};

  // A patch value per operand lane, IE at a time.
  wire [NW0*LANES*PB-1:0] values = (NW0*LANES*PB)'(patch_q);
  wire [LANES*PB-1:0]     slice;
  hwg_select #(.N(NW0), .W(LANES * PB), .IW(WW)) u_slice (.index(word_q), .entries(values), .entry(slice));
  genvar i;
  generate
    for (i = 0; i < LANES; i = i + 1) begin : gen_patch
      assign patch_word[i*EA +: EA] = EA'(slice[i*PB +: PB]);
    end
  endgenerate

  // ---------------------------------------------------------------- stages D to F: data, lane arithmetic, writes
  wire            d_live;
  wire [META-1:0] d_meta;
  wire [NEAR-1:0] d_near;
  wire            d_stream, d_collect;
  wire [LANES*EA-1:0] patch_d;
  hwg_delay #(.STAGES(2), .WIDTH(META + NEAR + 2 + LANES * EA)) u_meta (
      .clk(clk), .rst(rst), .s_valid(b_valid), .s_data({b_stream, b_collect, b_near, b_meta, patch_b}), .m_valid(d_live),
      .m_data({d_stream, d_collect, d_near, d_meta, patch_d}));
  // What the memories gave, which may have chosen among many blocks, waits in registers.
  wire [LANES*AS-1:0]     pool_data;
  wire [LANES*AS-1:0]     state_read = d_stream ? fb_data : state_data;
  reg  [LANES*EA-1:0]     patch_e;
  wire [LANES*YB-1:0]     line_e;   // of the tap, from the words that were read
  reg  [LANES*AS-1:0]     state_e;
  reg  [LANES*AS-1:0]     pool_e;
  wire                    e_live;
  wire [META-1:0]         e_meta;
  wire [NEAR-1:0]         e_near;
  hwg_delay #(.STAGES(1), .WIDTH(META + NEAR)) u_meta_e (
      .clk(clk), .rst(rst), .s_valid(d_live), .s_data({d_near, d_meta}), .m_valid(e_live), .m_data({e_near, e_meta}));
  always @(posedge clk) {patch_e, state_e} <= {patch_d, state_read};

  // Kinds of words; none: a tap outside the map.
  wire            e_patch, e_line, e_line_signed, e_pool, e_own, e_up;
  wire            e_final, e_up_first, e_writes, e_last_word;
  wire [3:0]      e_weight;
  wire [UAW-1:0]  e_uaddr;
  assign {e_final, e_patch, e_line, e_line_signed, e_pool, e_own, e_up, e_up_first, e_writes, e_weight,
          e_last_word, e_uaddr} = e_meta;
  // Of several pixels: the tap; whether the word is one of odd number in its row, and the first; the row's last pixel.
  wire [1:0]      e_tap;
  wire            e_odd, e_opens;
  wire [P-1:0]    e_edge;
  assign {e_tap, e_odd, e_opens, e_edge} = e_near;

  reg             f_writes, f_own;
  reg [UAW-1:0]   f_uaddr;
  reg  [LANES*EA-1:0] f_word;
  reg  [LANES*AS-1:0] f_state;
  reg [RESAW-1:0]   residual_wptr_q;
  always @(posedge clk) begin
    f_writes <= !rst && e_live && e_writes;
    f_own    <= !rst && e_live && e_own;
    f_uaddr  <= e_uaddr;
    job_done <= !rst && e_live && e_final;
    residual_ready <= !rst && e_live && e_own && e_last_word;
    if (rst || load) residual_wptr_q <= '0;
    else if (f_own) residual_wptr_q <= (residual_wptr_q == RESAW'(RESIDUALS - 1)) ? '0 : residual_wptr_q + 1'b1;
  end

  // ---------------------------------------------------------------- taps of the data block's windows
  generate
    if (P == 1) begin : gen_line
      reg [LANES*YB-1:0] line_q;
      always @(posedge clk) line_q <= line_data;
      assign line_e = line_q;
      wire unused = &{1'b0, line_b, tail_q, last_q, left_tap, third_tap, odd_row_q, bottom_q, d_near, e_tap, e_odd, e_opens,
                      e_edge};
    end else begin : gen_line
      hwg_row_taps #(.LANES(LANES), .P(P), .YB(YB)) u_row_taps (
          .clk(clk), .in_map(line_b), .s_data(line_data), .left_tap(e_tap[1]), .right_tap(e_tap[0]), .m_data(line_e));
    end
  endgenerate

  // ---------------------------------------------------------------- lane arithmetic
  localparam integer RW = EA + 5;
  function signed [EA-1:0] operand(input [EA-1:0] from_patch, input [YB-1:0] line, input [AS-1:0] from_pool,
                                   input [AS-1:0] state);
    operand = ({EA{e_patch}} & from_patch) | ({EA{e_line}} & EA'(line)) | ({EA{e_line_signed}} & EA'($signed(line[AS-1:0])))
            | ({EA{e_pool}} & EA'($signed(from_pool))) | ({EA{e_own}} & EA'($signed(state)));
  endfunction
  generate
    for (i = 0; i < LANES; i = i + 1) begin : gen_lane
      reg  signed [RW-1:0] sum_q;  // of the taps before this one, in sixteenths, with the rounding constant
      wire [AS+3:0]        tap;
      if (P == 1) begin : gen_tap
        hwg_up2_tap #(.AW(AS)) u_tap (.a(state_e[i*AS +: AS]), .w(e_weight), .y(tap));
      end else begin : gen_tap
        hwg_up2_beside #(.P(P), .X(i % P), .AW(AS)) u_tap (
            .word(state_e[(i-i%P)*AS +: P*AS]), .side_word(e_tap[0]), .side_row(e_tap[1]), .odd(e_odd), .opens(e_opens),
            .at_edge(e_edge[i%P]), .y(tap));
        wire unused_weight = &{1'b0, e_weight};
      end
      wire signed [RW-1:0] up2 = (e_up_first ? RW'(8) : sum_q) + RW'($signed(tap));
      always @(posedge clk) begin
        pool_e[i*AS +: AS] <= pool_data[i*AS +: AS];
        if (e_live && e_up) sum_q <= up2;
        if (e_live && e_writes)
          f_word[i*EA +: EA] <= e_up ? EA'(up2 >>> 4)
                              : operand(patch_e[i*EA +: EA], line_e[i*YB +: YB], pool_e[i*AS +: AS], state_e[i*AS +: AS]);
        if (e_live && e_own) f_state[i*AS +: AS] <= state_e[i*AS +: AS];
      end
    end
    if (POOLED != 0) begin : gen_pool
      hwg_pool #(.LANES(LANES), .P(P), .AS(AS), .WORDS(STATE_WORDS - POOL_BASE), .AW(SAW)) u_pool (
          .clk(clk), .rst(rst), .re(pool_re), .addr(pool_addr), .kind(b_pooling), .collect(d_live && d_collect),
          .state(state_read), .odd(d_near[P+1]), .at_edge(d_near[P-1:0]), .m_data(pool_data));
    end else begin : gen_no_pool
      assign pool_data = '0;
      wire unused = &{1'b0, STATE_WORDS != 0, pool_re, pool_addr, d_collect, b_pooling, pool_data};
    end
  endgenerate

  hwg_ram #(.WIDTH(LANES * EA), .DEPTH(SLOTS * OPERAND_SLOT), .LUT_DEPTH(OPERANDS_LUT_DEPTH)) u_operands (
      .clk(clk), .we(f_writes), .waddr(f_uaddr), .wdata(f_word), .re(u_re), .raddr(u_addr), .rdata(u_data));
  hwg_ram #(.WIDTH(LANES * AS), .DEPTH(RESIDUALS), .LUT_DEPTH(RESIDUALS_LUT_DEPTH)) u_residuals (
      .clk(clk), .we(f_own), .waddr(residual_wptr_q), .wdata(f_state), .re(residual_re), .raddr(residual_addr),
      .rdata(residual_data));
endmodule
`default_nettype wire
