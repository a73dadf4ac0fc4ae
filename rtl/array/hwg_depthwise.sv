// SPDX-License-Identifier: Apache-2.0
// Depthwise unit: 3x3 convolution of D channels at a time, one tap a cycle, over a ring of pixel vectors, whose memory is
// outside.
//
//   ring words -> [ ring memory ] -> D multipliers, D accumulators (9 taps) -> drain, Q lanes -> requant -> gear -> v
//
// A pixel takes 9 cycles for each of its ceil(e/D) groups. Table entries: block k at scale l is l*K + k.
// latency   issue of tap 8 at cycle i -> drain beat 0 at cycle i+8, i+9 where P > 1; reset drops all jobs
// limits    D/Q <= 9
`default_nettype none
module hwg_depthwise #(
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
    parameter [L*P-1:0] TAIL = {(L * P){1'b1}},                  // see hwg_window
    parameter integer D = 32'(ARRAY[hwg_pkg::ROWS_AT +: 16]),
    parameter integer AX = 8,             // bits of an expand output
    parameter integer AY = 8,             // bits of a depthwise output
    parameter integer RING_SLOTS = 20,
    parameter integer RING_SLOT = 9,
    parameter integer RAW = $clog2(RING_SLOTS * RING_SLOT),
    parameter integer VECTOR_LANES = 1,   // of an output word
    parameter integer VECTOR_SLOT = 9,    // words of a pixel
    parameter         MEM_DIR = "mem/"
) (
    input  wire            clk,
    input  wire            rst,
    input  wire            load,
    input  wire [63:0]     mask,
    // ring, written by the expand unit
    output wire            ring_space,
    input  wire            ring_start,
    input  wire            ring_valid,
    input  wire [$clog2(RING_SLOT+1)-1:0] ring_index,
    input  wire [D*P*AX-1:0] ring_data,
    input  wire            ring_done,
    // its memory
    output reg             mem_we,
    output reg  [RAW-1:0]  mem_waddr,
    output reg  [D*P*AX-1:0] mem_wdata,
    output wire            mem_re,
    output wire [RAW-1:0]  mem_raddr,
    input  wire [D*P*AX-1:0] mem_rdata,     // two cycles after the address
    // vector memory of the project unit
    input  wire            v_space,
    output wire            v_start,
    output wire            v_valid,
    output wire [$clog2(VECTOR_SLOT+1)-1:0] v_index,
    output wire [VECTOR_LANES*P*AY-1:0] v_data,
    output wire            v_done
);
  localparam integer DRAIN = 32'(ARRAY[hwg_pkg::DRAIN_AT +: 16]);
  localparam integer WW = 32'(ARRAY[hwg_pkg::WEIGHT_BITS_AT +: 8]);
  localparam integer ACC_BITS = 32'(ARRAY[hwg_pkg::ACC_BITS_AT +: 8]);
  localparam integer IN_LUTS = ARRAY[hwg_pkg::MUL_IN_LUTS_AT] ? 1 : 0;
  localparam integer ENTRIES = SETS * L * K;
  localparam [hwg_pkg::JOB_BITS-1:0] LAST = JOBS[(ENTRIES-1)*hwg_pkg::JOB_BITS +: hwg_pkg::JOB_BITS];
  localparam integer LAST_GROUPS = 32'(LAST[hwg_pkg::GROUPS_AT +: 16]) + 1;
  localparam integer DEPTH = 32'(LAST[hwg_pkg::WEIGHTS_AT +: 24]) + LAST_GROUPS * 9;
  localparam integer CONSTANTS = 32'(LAST[hwg_pkg::CONSTANTS_AT +: 24]) + LAST_GROUPS * (D / DRAIN);
  localparam integer DW = (DEPTH > 1) ? $clog2(DEPTH) : 1;
  localparam integer CAW = (CONSTANTS > 1) ? $clog2(CONSTANTS) : 1;
  localparam integer XW = $clog2(ENTRIES + 1);
  localparam integer GW = $clog2(RING_SLOT + 1);
  localparam integer LATER = (P > 1) ? 1 : 0;  // cycles that products begin later

  // Ring: write side. A pixel's first word takes the next slot.
  reg  [RAW-1:0] ring_base_q, ring_next_q;
  wire           ring_first = ring_index == '0;
  wire [RAW-1:0] ring_base  = ring_first ? ring_next_q : ring_base_q;
  always @(posedge clk)
    if (rst) ring_next_q <= '0;
    else if (ring_valid && ring_first) begin
      ring_base_q <= ring_next_q;
      ring_next_q <= (ring_next_q == RAW'((RING_SLOTS - 1) * RING_SLOT)) ? '0 : ring_next_q + RAW'(RING_SLOT);
    end

  // Ring: window.
  wire        ready, start, first_pixel, last_of_n, done;
  wire [P-1:0] lanes, in_map;
  wire [5:0]  n;
  wire [2:0]  l, k;
  wire [15:0] count;
  wire        free, ending, valid, first_word, last_word, first_group, last_group;
  reg  [GW-1:0] group_q;
  hwg_window #(.L(L), .K(K), .N(N), .MAP_W(MAP_W), .MAP_H(MAP_H), .SLOTS(RING_SLOTS), .SLOT(RING_SLOT), .WORDW(GW), .P(P), .TAIL(TAIL),
               .AW(RAW)) u_window (
      .clk(clk), .rst(rst), .load(load), .mask(mask), .w_start(ring_start), .w_done(ring_done), .space(ring_space),
      .ready(ready), .start(start), .n(n), .l(l), .k(k), .first_pixel(first_pixel), .last_of_n(last_of_n), .lanes(lanes), .done(done),
      .tap_re(valid), .tap(count[3:0]), .tap_ends(valid), .word(group_q), .addr_re(mem_re), .addr(mem_raddr),
      .in_map(in_map));
  wire unused_window = &{1'b0, lanes, first_pixel, last_of_n, done, ending, count[15:4]};
  assign start   = free && ready && v_space;
  assign v_start = start;

  // A window is not looked at in the cycle after its last word: writes wait a cycle.
  always @(posedge clk) begin
    mem_we    <= !rst && ring_valid;
    mem_waddr <= ring_base + RAW'(ring_index);
    mem_wdata <= ring_data;
  end

  // Of the weight set, scale and block: what a job begins with. Between two jobs there are nine cycles.
  wire [hwg_pkg::JOB_BITS-1:0] job;
  wire [XW-1:0] entry;
  hwg_job_lookup #(.L(L), .K(K), .N(N), .SETS(SETS), .SET_OF(SET_OF), .JOBS(JOBS)) u_lookup (
      .clk(clk), .is_layer(1'b0), .layer(3'd0), .n(n), .l(l), .k(k), .entry(entry), .job(job));
  wire unused_job = &{1'b0, job};
  hwg_issue #(.GW(16), .TW(16)) u_issue (
      .clk(clk), .rst(rst), .start(start), .groups(job[hwg_pkg::GROUPS_AT +: 16]), .period(16'd8), .words(16'd8),
      .free(free), .ending(ending), .valid(valid), .count(count), .first_word(first_word), .last_word(last_word),
      .first_group(first_group), .last_group(last_group));
  reg [DW-1:0] waddr_q, waddr1_q;
  reg [CAW-1:0] rbase_q;
  reg [XW-1:0] x_q;
  always @(posedge clk) begin
    if (start) begin
      waddr_q <= job[hwg_pkg::WEIGHTS_AT +: DW];
      rbase_q <= job[hwg_pkg::CONSTANTS_AT +: CAW];
      x_q     <= entry;
      group_q <= '0;
    end else if (valid) begin
      waddr_q <= waddr_q + 1'b1;
      if (last_word) group_q <= group_q + 1'b1;
    end
    waddr1_q <= waddr_q;
  end

  // Array: address at i+1, data at i+3, registered at i+4, operands at i+5, products at i+6, accumulators at i+7.
  wire [D*WW-1:0] weights;
  hwg_rom #(.WIDTH(D * WW), .DEPTH(DEPTH), .FILE({MEM_DIR, "depthwise.hex"})) u_weights (
      .clk(clk), .re(mem_re), .raddr(waddr1_q), .rdata(weights));
  localparam integer SIDE = XW + CAW + 2;
  wire            op_load, op_en, op_first, op_last, acc_valid;
  wire [P-1:0]    op_in_map;
  wire [SIDE-1:0] op_side, acc_side;
  wire [XW-1:0]   acc_x;
  wire [CAW-1:0]   acc_rbase;
  wire            acc_first_group, acc_last_group;
  assign {acc_x, acc_rbase, acc_first_group, acc_last_group} = acc_side;
  hwg_delay #(.STAGES(2), .WIDTH(P)) u_mask (
      .clk(clk), .rst(rst), .s_valid(mem_re), .s_data(in_map), .m_valid(op_load), .m_data(op_in_map));
  hwg_delay #(.STAGES(6 + LATER), .WIDTH(2 + SIDE)) u_control (
      .clk(clk), .rst(rst), .s_valid(valid), .s_data({first_word, last_word, x_q, rbase_q, first_group, last_group}),
      .m_valid(op_en), .m_data({op_first, op_last, op_side}));
  hwg_delay #(.STAGES(1), .WIDTH(SIDE)) u_last (
      .clk(clk), .rst(rst), .s_valid(op_en && op_last), .s_data(op_side), .m_valid(acc_valid), .m_data(acc_side));

  // What the memories give is registered once more: a deep ring chooses among its blocks behind their output registers.
  reg  [D*P*AX-1:0] tap_q;
  reg  [D*WW-1:0]   weight_q;
  wire [D*P*AX-1:0] operand;
  wire [D*WW-1:0]   factor;
  always @(posedge clk) weight_q <= weights;

  reg [D*P*ACC_BITS-1:0] acc_q;
  genvar i;
  generate
    for (i = 0; i < D * P; i = i + 1) begin : gen_tap
      always @(posedge clk) tap_q[i*AX +: AX] <= op_in_map[i%P] ? mem_rdata[i*AX +: AX] : '0;
    end
    if (P == 1) begin : gen_alone
      assign operand = tap_q;
      assign factor  = weight_q;
    end else begin : gen_beside
      reg [D*WW-1:0] weight1_q;  // products begin a cycle later
      always @(posedge clk) weight1_q <= weight_q;
      assign factor = weight1_q;
      hwg_tap_beside #(.P(P), .VALUES(D * P), .VW(AX), .STAGES(5)) u_beside (
          .clk(clk), .rst(rst), .s_valid(valid), .s_tap(count[3:0]), .s_word(tap_q), .m_operand(operand));
    end
  endgenerate
  generate
    for (i = 0; i < D * P; i = i + 1) begin : gen_lane
      wire [AX+WW:0] product;
      wire signed [AX+WW-1:0] term = product[AX+WW-1:0];
      hwg_registered_product #(.AW(AX + 1), .WW(WW), .MUL_IN_LUTS(IN_LUTS)) u_product (
          .clk(clk), .a({1'b0, operand[i*AX +: AX]}), .w(factor[i/P*WW +: WW]), .y(product));
      wire unused_product = product[AX+WW];  // another sign bit
      wire unused_term = &{1'b0, term};  // the accumulator may be narrower: of weights that are all 0 it has two bits
      always @(posedge clk)
        if (op_en)
          acc_q[i*ACC_BITS +: ACC_BITS] <= (op_first ? '0 : $signed(acc_q[i*ACC_BITS +: ACC_BITS])) + ACC_BITS'(term);
    end
  endgenerate
  wire unused = &{1'b0, op_load};

  // Drain, requantise, pack.
  wire                y_valid, y_first, y_last, beat_valid, unused_side;
  wire [XW-1:0]       beat_x;
  wire [DRAIN*P*AY-1:0] y_data;
  hwg_array_tail #(.ARRAY(ARRAY), .ENTRIES(ENTRIES), .JOBS(JOBS), .OUT_BITS(AY), .SIDE(1), .DEPTH(CONSTANTS),
                   .FILE({MEM_DIR, "depthwise_requant.hex"})) u_tail (
      .clk(clk), .rst(rst), .s_valid(acc_valid), .s_data(acc_q), .s_entry(acc_x), .s_constants(acc_rbase),
      .s_first_group(acc_first_group), .s_last_group(acc_last_group), .s_side(1'b0), .beat_valid(beat_valid),
      .beat_entry(beat_x), .m_valid(y_valid), .m_first(y_first), .m_last(y_last), .m_data(y_data), .m_side(unused_side));
  wire unused_beat = &{1'b0, beat_valid, beat_x};
  hwg_gear #(.QI(DRAIN), .QO(VECTOR_LANES), .LW(P * AY), .IW($clog2(VECTOR_SLOT + 1))) u_gear (
      .clk(clk), .rst(rst), .s_valid(y_valid), .s_first(y_first), .s_last(y_last), .s_data(y_data),
      .m_valid(v_valid), .m_index(v_index), .m_data(v_data), .m_done(v_done));
endmodule
`default_nettype wire
