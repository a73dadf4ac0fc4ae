// SPDX-License-Identifier: Apache-2.0
// Classification unit: the 3x3 convolutions from the state to the logits, on an array of its own behind a ring that
// also is its queue. Only iterations with an enabled output come here.
//
//   state words -> [ ring ] -> [ CO x CI array ] -> drain, one class a beat -> requant -> logit word of C classes
//
// reset drops all jobs
`default_nettype none
module hwg_classify #(
    parameter integer L = 3,
    parameter integer N = 4,
    parameter [L*13-1:0] MAP_W = {L{13'd8}},
    parameter [L*13-1:0] MAP_H = {L{13'd8}},
    parameter [63:0] OUTPUTS = 64'd1,     // iterations that have a head
    parameter integer HEADS = 1,          // of them
    parameter [HEADS*L*hwg_pkg::JOB_BITS-1:0] JOBS = {(HEADS * L){hwg_pkg::SMALL_JOB}},  // head by head
    parameter [hwg_pkg::ARRAY_BITS-1:0] ARRAY = hwg_pkg::SMALL_ARRAY,
    parameter integer P = 32'(ARRAY[hwg_pkg::PIXELS_AT +: 4]),  // pixels of a job, side by side in every lane
    parameter [L*P-1:0] TAIL = {(L * P){1'b1}},  // see hwg_window
    parameter integer CI = 32'(ARRAY[hwg_pkg::LANES_AT +: 16]),
    parameter integer RING_SLOTS = 20,
    parameter integer F = 4,              // channels of a state
    parameter integer C = 2,              // classes
    parameter integer AS = 8,             // bits of a state
    parameter integer LB = 12,            // bits of a logit
    parameter [L*24-1:0] LOGIT_BASE = '0,
    parameter integer GAW = 12,           // address of a logit
    parameter integer CONSTANTS_LUT_DEPTH = 32,  // a memory of up to so many words is LUTs
    parameter         MEM_DIR = "mem/"
) (
    input  wire             clk,
    input  wire             rst,
    input  wire             load,
    input  wire [63:0]      outputs,
    // ring, written by the project unit
    output wire             ring_space,
    input  wire             ring_start,
    input  wire             ring_valid,
    input  wire             ring_last,
    input  wire [CI*P*AS-1:0] ring_data,
    // logit memory
    input  wire             blocked,       // the maps of the previous output are not yet free
    input  wire [25:0]      fine_free,     // pixels of scale 0 that are
    input  wire             coarse_free,
    output wire             output_issued, // the last job of an output starts
    output wire             logit_valid,
    output wire [GAW-1:0]   logit_addr,
    output wire [C*LB-1:0]  logit_data,
    output wire             output_done
);
  localparam integer ROWS = 32'(ARRAY[hwg_pkg::ROWS_AT +: 16]);
  localparam integer ACC_BITS = 32'(ARRAY[hwg_pkg::ACC_BITS_AT +: 8]);
  localparam integer ENTRIES = HEADS * L;
  localparam [hwg_pkg::JOB_BITS-1:0] JOB = JOBS[hwg_pkg::JOB_BITS-1:0];  // all are as long
  localparam integer GROUPS = 32'(JOB[hwg_pkg::GROUPS_AT +: 16]) + 1;
  localparam integer CFC = (F + CI - 1) / CI;          // words of a pixel
  localparam integer WSTRIDE = GROUPS * 9 * CFC;       // weight words of one scale of one head
  localparam integer RSTRIDE = GROUPS * ROWS;          // constants of one scale of one head
  localparam integer DEPTH  = ENTRIES * WSTRIDE;
  localparam integer RDEPTH = ENTRIES * RSTRIDE;
  localparam integer RAW = $clog2(RING_SLOTS * CFC);
  localparam integer DW = (DEPTH > 1) ? $clog2(DEPTH) : 1;
  localparam integer CAW = (RDEPTH > 1) ? $clog2(RDEPTH) : 1;
  localparam integer XW = $clog2(ENTRIES + 1);
  localparam integer CW = (CFC > 1) ? $clog2(CFC) : 1;
  function [N*6-1:0] ranks(input [63:0] among);  // of an iteration: how many before it have a head
    integer i;
    reg [5:0] rank;
    begin
      rank = '0;
      for (i = 0; i < N; i = i + 1) begin
        ranks[i*6 +: 6] = rank;
        if (among[i]) rank = rank + 6'd1;
      end
    end
  endfunction
  localparam [N*6-1:0] HEAD_OF = ranks(OUTPUTS);

  reg [RAW-1:0] ring_waddr_q;
  always @(posedge clk)
    if (rst) ring_waddr_q <= '0;
    else if (ring_valid) ring_waddr_q <= (ring_waddr_q == RAW'(RING_SLOTS * CFC - 1)) ? '0 : ring_waddr_q + 1'b1;

  wire        ready, start, first_pixel, last_of_n, done, addr_re;
  wire [P-1:0] lanes, in_map;
  wire [5:0]  n;
  wire [2:0]  l, k;
  wire [RAW-1:0] addr;
  wire [15:0] count;
  wire        free, ending, valid, first_word, last_word, first_group, last_group;
  reg  [3:0]  tap_q;
  reg  [CW-1:0] word_q;
  wire          last_part = word_q == CW'(CFC - 1);
  hwg_window #(.L(L), .K(1), .N(N), .MAP_W(MAP_W), .MAP_H(MAP_H), .SLOTS(RING_SLOTS), .SLOT(CFC), .WORDW(CW), .P(P), .TAIL(TAIL),
               .AW(RAW)) u_window (
      .clk(clk), .rst(rst), .load(load), .mask(outputs), .w_start(ring_start), .w_done(ring_valid && ring_last),
      .space(ring_space), .ready(ready), .start(start), .n(n), .l(l), .k(k), .first_pixel(first_pixel),
      .last_of_n(last_of_n), .lanes(lanes), .done(done), .tap_re(valid), .tap(tap_q), .tap_ends(valid && (P > 1 || last_part)),
      .word(word_q), .addr_re(addr_re), .addr(addr), .in_map(in_map));
  wire unused = &{1'b0, done, ending, count, k, fine_free};

  localparam integer PXW = $clog2(32'(MAP_W[12:0]) * P * 32'(MAP_H[12:0]) + 2);
  reg  [PXW-1:0] pixel_q;  // of scale 0
  reg  fine_q;             // at scale 0; there are more than three cycles between two jobs
  always @(posedge clk) fine_q <= l == '0;
  reg  logits_free_q;      // a cycle late, which that allows
  // Of a job's pixels those that the map has, less one.
  localparam integer MORE = (P > 1) ? $clog2(P) : 1;
  wire [MORE-1:0] more;
  wire [PXW-1:0]  newest;  // of them in scale 0, the last
  generate
    if (P == 1) begin : gen_one
      assign {more, newest} = {1'b0, pixel_q};
    end else begin : gen_newest
      hwg_ones #(.WIDTH(P), .OW(MORE)) u_more (.x({lanes[P-1:1], 1'b0}), .y(more));
      reg [PXW-1:0] newest_q;
      always @(posedge clk) newest_q <= pixel_q + PXW'(more);
      assign newest = newest_q;
    end
  endgenerate
  always @(posedge clk) logits_free_q <= !rst && !blocked && (fine_q ? newest < fine_free[PXW-1:0] : coarse_free);
  assign start = free && ready && logits_free_q;
  assign output_issued = start && last_of_n;
  always @(posedge clk)
    if (rst) pixel_q <= '0;
    else if (start) pixel_q <= (l == '0 && !last_of_n) ? pixel_q + PXW'(more) + 1'b1 : '0;

  wire [CI*P*AS-1:0] taps;
  hwg_ram #(.WIDTH(CI * P * AS), .DEPTH(RING_SLOTS * CFC)) u_ring (
      .clk(clk), .we(ring_valid), .waddr(ring_waddr_q), .wdata(ring_data), .re(addr_re), .raddr(addr), .rdata(taps));

  hwg_issue #(.GW(16), .TW(16)) u_issue (
      .clk(clk), .rst(rst), .start(start), .groups(JOB[hwg_pkg::GROUPS_AT +: 16]),
      .period(JOB[hwg_pkg::PERIOD_AT +: 16]), .words(16'(9 * CFC - 1)),
      .free(free), .ending(ending), .valid(valid), .count(count), .first_word(first_word), .last_word(last_word),
      .first_group(first_group), .last_group(last_group));

  // Of the head and scale: first words of weights and constants. Between two jobs there are more than three cycles.
  wire [5:0]    head_of;
  wire [XW-1:0] heads;
  wire [DW-1:0] waddr;
  wire [CAW-1:0] rbase;
  reg  [5:0]    head_q;
  reg  [XW-1:0] entry_q;
  reg  [DW-1:0] waddr_of_q;
  reg  [CAW-1:0] rbase_of_q;
  hwg_select #(.N(N), .W(6), .IW(6)) u_head (.index(n), .entries(HEAD_OF), .entry(head_of));
  hwg_const_mul #(.FACTOR(L), .IW(6), .OW(XW)) u_heads (.x(head_q), .y(heads));
  hwg_const_mul #(.FACTOR(WSTRIDE), .IW(XW), .OW(DW)) u_waddr (.x(entry_q), .y(waddr));
  hwg_const_mul #(.FACTOR(RSTRIDE), .IW(XW), .OW(CAW)) u_rbase (.x(entry_q), .y(rbase));
  always @(posedge clk) begin
    head_q     <= head_of;
    entry_q    <= heads + XW'(l);
    waddr_of_q <= waddr;
    rbase_of_q <= rbase;
  end
  localparam integer INFO = 5 + P;
  localparam integer SIDE = XW + CAW + INFO + 2;
  reg [DW-1:0]  waddr_q;
  reg [CAW-1:0]  rbase_q;
  reg [XW-1:0]  x_q;
  reg [INFO-1:0] info_q;  // pixels that the map has, scale, first of its map, last of the output
  always @(posedge clk)
    if (start) begin
      waddr_q <= waddr_of_q;
      rbase_q <= rbase_of_q;
      x_q     <= entry_q;
      info_q  <= {lanes, l, first_pixel, last_of_n};
      tap_q   <= '0;
      word_q  <= '0;
    end else if (valid) begin
      waddr_q <= waddr_q + 1'b1;
      if (P == 1) begin
        word_q <= last_part ? '0 : word_q + 1'b1;
        if (last_part) tap_q <= (tap_q == 4'd8) ? '0 : tap_q + 1'b1;
      end else begin  // taps that follow each other share the slots that they read
        tap_q <= (tap_q == 4'd8) ? '0 : tap_q + 1'b1;
        if (tap_q == 4'd8) word_q <= last_part ? '0 : word_q + 1'b1;
      end
    end

  // The ring needs a cycle for the address: the array's issue is one cycle behind.
  localparam integer ISSUE = DW + 2 + SIDE;
  wire            m_issue, m_first, m_last, mask_valid;
  wire [P-1:0]    mask_in;
  wire [DW-1:0]   m_waddr;
  wire [SIDE-1:0] m_side;
  hwg_delay #(.STAGES((P > 1) ? 2 : 1), .WIDTH(ISSUE)) u_align (
      .clk(clk), .rst(rst), .s_valid(valid),
      .s_data({waddr_q, first_word, last_word, x_q, rbase_q, info_q, first_group, last_group}),
      .m_valid(m_issue), .m_data({m_waddr, m_first, m_last, m_side}));
  hwg_delay #(.STAGES(2), .WIDTH(P)) u_mask (
      .clk(clk), .rst(rst), .s_valid(addr_re), .s_data(in_map), .m_valid(mask_valid), .m_data(mask_in));
  wire unused_mask = &{1'b0, mask_valid};
  wire [CI*P*AS-1:0] known, operand;
  genvar i;
  generate
    for (i = 0; i < CI * P; i = i + 1) begin : gen_tap
      assign known[i*AS +: AS] = mask_in[i%P] ? taps[i*AS +: AS] : '0;
    end
    if (P == 1) begin : gen_alone
      assign operand = known;
    end else begin : gen_beside
      hwg_tap_beside #(.P(P), .VALUES(CI * P), .VW(AS), .STAGES(4)) u_beside (  // so the array begins a cycle later
          .clk(clk), .rst(rst), .s_valid(valid), .s_tap(tap_q), .s_word(known), .m_operand(operand));
    end
  endgenerate

  wire                     a_valid, a_first_group, a_last_group, beat_valid, y_valid, y_first, y_last;
  wire [ROWS*P*ACC_BITS-1:0] a_data;
  wire [XW-1:0]            a_x, beat_x;
  wire [CAW-1:0]           a_rbase;
  wire [INFO-1:0]          a_info, y_info, p_info;
  wire [P*LB-1:0]          y_data;
  wire                     p_valid;
  wire [C*P*LB-1:0]        p_data;
  hwg_mac_array #(.ARRAY(ARRAY), .AW(AS), .DEPTH(DEPTH), .SIDE(SIDE), .FILE({MEM_DIR, "classify.hex"})) u_array (
      .clk(clk), .rst(rst), .s_valid(m_issue), .s_addr(m_waddr), .s_first(m_first), .s_digit(1'b0), .s_last(m_last),
      .s_side(m_side), .s_data(operand), .m_valid(a_valid), .m_data(a_data),
      .m_side({a_x, a_rbase, a_info, a_first_group, a_last_group}));
  hwg_array_tail #(.ARRAY(ARRAY), .ENTRIES(ENTRIES), .JOBS(JOBS), .OUT_BITS(LB), .SIDE(INFO), .DEPTH(RDEPTH),
                   .LUT_DEPTH(CONSTANTS_LUT_DEPTH), .FILE({MEM_DIR, "classify_requant.hex"})) u_tail (
      .clk(clk), .rst(rst), .s_valid(a_valid), .s_data(a_data), .s_entry(a_x), .s_constants(a_rbase),
      .s_first_group(a_first_group), .s_last_group(a_last_group), .s_side(a_info), .beat_valid(beat_valid),
      .beat_entry(beat_x), .m_valid(y_valid), .m_first(y_first), .m_last(y_last), .m_data(y_data), .m_side(y_info));
  wire unused_beat = &{1'b0, beat_valid, beat_x, y_first};
  hwg_pixel_pack #(.Q(1), .LANES(C), .LW(P * LB), .SIDE(INFO)) u_pixel (
      .clk(clk), .rst(rst), .s_valid(y_valid), .s_last(y_last), .s_data(y_data), .s_side(y_info),
      .m_valid(p_valid), .m_data(p_data), .m_side(p_info));

  // Pixels of a job leave one by one, those that the map has.
  wire       logit_first, logit_last;
  wire [4:0] logit_info;  // of the job: scale, first of its map, last of the output
  generate
    if (P == 1) begin : gen_single
      assign {logit_valid, logit_first, logit_last, logit_info, logit_data} = {p_valid, 1'b1, 1'b1, p_info[4:0], p_data};
      wire unused_lanes = p_info[5];
    end else begin : gen_apart
      hwg_pixel_split #(.LANES(C), .P(P), .LW(LB), .SIDE(5)) u_split (
          .clk(clk), .rst(rst), .s_valid(p_valid), .s_pixels(p_info[5 +: P]), .s_data(p_data), .s_side(p_info[4:0]),
          .m_valid(logit_valid), .m_first(logit_first), .m_last(logit_last), .m_data(logit_data), .m_side(logit_info));
    end
  endgenerate

  wire [23:0]   logit_base;
  hwg_select #(.N(L), .W(24), .IW(3)) u_logit_base (.index(logit_info[4:2]), .entries(LOGIT_BASE), .entry(logit_base));
  wire unused_base = &{1'b0, logit_base};
  reg [GAW-1:0] logit_addr_q;
  assign logit_addr  = (logit_info[1] && logit_first) ? GAW'(logit_base) : logit_addr_q;
  assign output_done = logit_valid && logit_last && logit_info[0];
  always @(posedge clk) if (logit_valid) logit_addr_q <= logit_addr + 1'b1;
endmodule
`default_nettype wire
