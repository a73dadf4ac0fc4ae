// SPDX-License-Identifier: Apache-2.0
// The whole datapath of an ItNet core. What varies are numbers, tables and memory files; in structure only where the
// state goes between iterations (FEEDBACK) and whether two line memories share block RAMs (SHARED_LINES).
//
//   s_axis_video -> framing -> patches -> loader -> EXPAND -> ring -> DEPTHWISE -> PROJECT -> state -+-> CLASSIFY
//                                 ^ ^       |                                                        |
//                                 | +-------+ lines of the data block                                v
//                                 +---- state, on chip or *_axis_fb / m_axi_fb <---------------------+
//   CLASSIFY -> logits -> sum over the scales -> up-sampling -> m_axis_class
//
// Of the two feedback interfaces the one that FEEDBACK names is alive; inputs of the other do not matter, its outputs
// are zero. Reset synchronous, of control only.
`default_nettype none
module hwg_core #(
    // network
    parameter integer W = 16,           // image
    parameter integer H = 16,
    parameter integer F = 2,            // channels of the state
    parameter integer L = 1,            // scales
    parameter integer N = 1,            // iterations
    parameter integer K = 1,            // blocks
    parameter integer C = 2,            // classes
    parameter integer J = L + 2,        // data-block layers
    parameter [63:0]  OUTPUTS = 64'd1,  // iterations that are classified
    parameter integer HEADS = 1,        // classification weights: one set for each of them
    parameter integer SETS = 1,         // weight sets
    parameter [N*hwg_pkg::SET_BITS-1:0] SET_OF = '0,  // of each iteration
    parameter integer SYMMETRIC = 0,    // 1: pixels of -255...255
    parameter integer POOLED = 0,       // 1: finer scales go into coarser ones
    // formats: bits
    parameter integer AS = 8,           // a state
    parameter integer YB = 8,           // an expand output
    parameter integer AD = 8,           // a depthwise output
    parameter integer RB = 12,          // a sum of project and residual
    parameter integer LB = 12,          // a logit
    parameter integer MARGIN_SHIFT = 0, // of the confidence
    parameter integer AFFINE_BIAS_BITS = 32,
    parameter [4:0]   AFFINE_SHIFT = 5'd16,
    parameter [2:0]   MID_SHIFT = 3'd0,
    parameter integer DIGITS = 0,       // 1: weights of data-block layers are cut into digits
    // arrays and their jobs (hwg_pkg)
    parameter [hwg_pkg::ARRAY_BITS-1:0] EXPAND = hwg_pkg::SMALL_ARRAY,
    parameter [hwg_pkg::ARRAY_BITS-1:0] DEPTHWISE = hwg_pkg::SMALL_ARRAY,
    parameter [hwg_pkg::ARRAY_BITS-1:0] PROJECT = hwg_pkg::SMALL_ARRAY,
    parameter [hwg_pkg::ARRAY_BITS-1:0] CLASSIFY = hwg_pkg::SMALL_ARRAY,
    parameter [(J+SETS*L*K)*hwg_pkg::JOB_BITS-1:0] EXPAND_JOBS = {(J + SETS * L * K){hwg_pkg::SMALL_JOB}},
    parameter [SETS*L*K*hwg_pkg::JOB_BITS-1:0] DEPTHWISE_JOBS = {(SETS * L * K){hwg_pkg::SMALL_JOB}},
    parameter [SETS*L*K*hwg_pkg::JOB_BITS-1:0] PROJECT_JOBS = {(SETS * L * K){hwg_pkg::SMALL_JOB}},
    parameter [HEADS*L*hwg_pkg::JOB_BITS-1:0] CLASSIFY_JOBS = {(HEADS * L){hwg_pkg::SMALL_JOB}},
    // maps: sides, and where each has its place in its memory
    parameter [L*13-1:0] MAP_W = {L{13'd2}},      // of the scales
    parameter [L*13-1:0] MAP_H = {L{13'd2}},
    parameter [(J+1)*13-1:0] DATA_W = {13'd2, 13'd4, 13'd8, 13'd16},  // of image and data-block layers
    parameter [(J+1)*13-1:0] DATA_H = {13'd2, 13'd4, 13'd8, 13'd16},
    parameter integer LINE_WORDS = 100,
    parameter integer LAW = (LINE_WORDS > 1) ? $clog2(LINE_WORDS) : 1,
    parameter [J*16-1:0] LINE_SLOTS = {16'd17, 16'd25, 16'd0},  // pixels of the ring before each data-block layer
    parameter [J*LAW-1:0] LINE_BASE = {7'd50, 7'd0, 7'd0},
    parameter integer STATE_WORDS = 8,
    parameter integer SAW = (STATE_WORDS > 1) ? $clog2(STATE_WORDS) : 1,
    parameter [L*SAW-1:0] STATE_BASE = '0,
    parameter [L*K*24-1:0] PASS_OFFSET = '0,      // pixels written in an iteration before each pass
    parameter integer LOGIT_WORDS = 4,
    parameter [L*24-1:0] LOGIT_BASE = '0,
    parameter integer UP_WORDS = 1,
    parameter [L*L*24-1:0] UP_BASE = '0,          // of the logits of scale k brought to scale s, at s*L + k
    // rings and slots
    parameter integer OPERAND_SLOT = 18,          // words of an operand slot
    parameter integer RING_SLOTS = 8,             // pixels of the depthwise ring, words of one
    parameter integer RING_SLOT = 1,
    parameter integer VECTOR_SLOTS = 3,           // pixels between depthwise and project unit, words of one
    parameter integer VECTOR_SLOT = 1,
    parameter integer QUEUE_SLOTS = 8,            // pixels of the classification ring
    parameter integer RESIDUALS = 56,             // words that wait for the residual addition
    // what small memories are: up to so many words are LUT RAM
    parameter integer PATCH_LINES_LUT_DEPTH = 32,
    parameter integer OPERANDS_LUT_DEPTH = 32,
    parameter integer RESIDUALS_LUT_DEPTH = 32,
    parameter integer VECTORS_LUT_DEPTH = 32,
    parameter integer MAPS_LUT_DEPTH = 32,
    parameter integer SUMS_LUT_DEPTH = 32,
    parameter integer CONSTANTS_LUT_DEPTH = 32,
    parameter integer SHARED_LINES = 0,           // 1: lines of the data block and depthwise ring in the same block RAMs
    parameter integer BEAT = 1,                   // pixels of a beat of the video streams
    // feedback
    parameter integer FEEDBACK = hwg_pkg::ONCHIP,
    parameter integer FEEDBACK_DEPTH = 16,        // words of the FIFO on its way back
    parameter integer AXI_BITS = 64,              // of a beat
    parameter integer AXI_BEATS = 4096,           // of the region in DRAM
    // what the registers say
    parameter [31:0]  VERSION = 32'd0,
    parameter [31:0]  CONFIG_HASH = 32'd0,
    // derived
    parameter integer FB_BITS = (32'(EXPAND[hwg_pkg::LANES_AT +: 16]) * 32'(EXPAND[hwg_pkg::PIXELS_AT +: 4]) * AS + 7) / 8 * 8,
    parameter         MEM_DIR = "mem/"            // folder of the memory files, with the slash
) (
    input  wire                  aclk,
    input  wire                  aresetn,
    // image: AXI4-Stream Video, tdata = {B, G, R} of BEAT pixels, the first lowest
    input  wire [24*BEAT-1:0]    s_axis_video_tdata,
    input  wire                  s_axis_video_tvalid,
    output wire                  s_axis_video_tready,
    input  wire                  s_axis_video_tuser,
    input  wire                  s_axis_video_tlast,
    // semantic maps: classes of BEAT pixels, the first lowest, tid = output n
    output wire [8*BEAT-1:0]     m_axis_class_tdata,
    output wire [7:0]            m_axis_class_tid,
    output wire                  m_axis_class_tvalid,
    input  wire                  m_axis_class_tready,
    output wire                  m_axis_class_tuser,
    output wire                  m_axis_class_tlast,
    // feedback, STREAM: state words of scale 0 out and, in the same order, back
    output wire [FB_BITS-1:0]    m_axis_fb_tdata,
    output wire                  m_axis_fb_tvalid,
    input  wire                  m_axis_fb_tready,
    output wire                  m_axis_fb_tlast,
    input  wire [FB_BITS-1:0]    s_axis_fb_tdata,
    input  wire                  s_axis_fb_tvalid,
    output wire                  s_axis_fb_tready,
    input  wire                  s_axis_fb_tlast,
    // feedback, DRAM: AXI4 master
    output wire                  m_axi_fb_awid,
    output wire [63:0]           m_axi_fb_awaddr,
    output wire [7:0]            m_axi_fb_awlen,
    output wire [2:0]            m_axi_fb_awsize,
    output wire [1:0]            m_axi_fb_awburst,
    output wire [3:0]            m_axi_fb_awcache,
    output wire [2:0]            m_axi_fb_awprot,
    output wire                  m_axi_fb_awvalid,
    input  wire                  m_axi_fb_awready,
    output wire [AXI_BITS-1:0]   m_axi_fb_wdata,
    output wire [AXI_BITS/8-1:0] m_axi_fb_wstrb,
    output wire                  m_axi_fb_wlast,
    output wire                  m_axi_fb_wvalid,
    input  wire                  m_axi_fb_wready,
    input  wire                  m_axi_fb_bid,
    input  wire [1:0]            m_axi_fb_bresp,
    input  wire                  m_axi_fb_bvalid,
    output wire                  m_axi_fb_bready,
    output wire                  m_axi_fb_arid,
    output wire [63:0]           m_axi_fb_araddr,
    output wire [7:0]            m_axi_fb_arlen,
    output wire [2:0]            m_axi_fb_arsize,
    output wire [1:0]            m_axi_fb_arburst,
    output wire [3:0]            m_axi_fb_arcache,
    output wire [2:0]            m_axi_fb_arprot,
    output wire                  m_axi_fb_arvalid,
    input  wire                  m_axi_fb_arready,
    input  wire                  m_axi_fb_rid,
    input  wire [AXI_BITS-1:0]   m_axi_fb_rdata,
    input  wire [1:0]            m_axi_fb_rresp,
    input  wire                  m_axi_fb_rlast,
    input  wire                  m_axi_fb_rvalid,
    output wire                  m_axi_fb_rready,
    // registers: AXI4-Lite
    input  wire [7:0]            s_axil_awaddr,
    input  wire [2:0]            s_axil_awprot,
    input  wire                  s_axil_awvalid,
    output wire                  s_axil_awready,
    input  wire [31:0]           s_axil_wdata,
    input  wire [3:0]            s_axil_wstrb,
    input  wire                  s_axil_wvalid,
    output wire                  s_axil_wready,
    output wire [1:0]            s_axil_bresp,
    output wire                  s_axil_bvalid,
    input  wire                  s_axil_bready,
    input  wire [7:0]            s_axil_araddr,
    input  wire [2:0]            s_axil_arprot,
    input  wire                  s_axil_arvalid,
    output wire                  s_axil_arready,
    output wire [31:0]           s_axil_rdata,
    output wire [1:0]            s_axil_rresp,
    output wire                  s_axil_rvalid,
    input  wire                  s_axil_rready,
    output wire                  irq
);
  localparam integer P   = 32'(EXPAND[hwg_pkg::PIXELS_AT +: 4]);        // pixels of a word, neighbours in a row
  localparam integer IE  = 32'(EXPAND[hwg_pkg::LANES_AT +: 16]);        // channels of a state word
  localparam integer CI  = 32'(CLASSIFY[hwg_pkg::LANES_AT +: 16]);      // of a word for the classification
  localparam integer D   = 32'(DEPTHWISE[hwg_pkg::ROWS_AT +: 16]);      // of a word of the depthwise ring
  localparam integer DD  = 32'(DEPTHWISE[hwg_pkg::DRAIN_AT +: 16]);
  localparam integer PI  = 32'(PROJECT[hwg_pkg::LANES_AT +: 16]);
  localparam integer PO  = 32'(PROJECT[hwg_pkg::ROWS_AT +: 16]);
  localparam integer PD  = 32'(PROJECT[hwg_pkg::DRAIN_AT +: 16]);
  localparam integer V   = (PI > DD) ? PI : DD;                         // lanes of a word between the two
  localparam integer CF  = (F + IE - 1) / IE;                           // words of a state pixel
  localparam integer EA  = hwg_pkg::OPERAND_BITS;
  localparam integer PB  = (SYMMETRIC != 0) ? 9 : 8;                    // bits of a patch value
  localparam integer TB  = LB + $clog2(L);                              // bits of a logit sum
  localparam integer W0  = 32'(MAP_W[12:0]), H0 = 32'(MAP_H[12:0]);
  localparam integer MW  = $clog2(N * L + 1);
  localparam integer UAW = $clog2(hwg_pkg::OPERAND_SLOTS * OPERAND_SLOT);
  localparam integer RIW = $clog2(RING_SLOT + 1);
  localparam integer RAW = $clog2(RING_SLOTS * RING_SLOT);
  localparam integer VIW = $clog2(VECTOR_SLOT + 1);
  localparam integer RESAW = $clog2(RESIDUALS);
  localparam integer GAW = (LOGIT_WORDS > 1) ? $clog2(LOGIT_WORDS) : 1;
  localparam integer TAW = $clog2(hwg_pkg::TOTAL_ROWS * W0);
  // Rows in spans of P pixels: how many, and which pixels of the last one the map has.
  localparam integer MAPS = L, DATA_MAPS = J + 1;
  function [MAPS*13-1:0] spans_of_maps(input integer unused);
    integer i;
    for (i = 0; i < MAPS; i = i + 1) spans_of_maps[i*13 +: 13] = 13'((32'(MAP_W[i*13 +: 13]) + P - 1) / P);
  endfunction
  function [DATA_MAPS*13-1:0] spans_of_data(input integer unused);
    integer i;
    for (i = 0; i < DATA_MAPS; i = i + 1) spans_of_data[i*13 +: 13] = 13'((32'(DATA_W[i*13 +: 13]) + P - 1) / P);
  endfunction
  function [MAPS*P-1:0] tails_of_maps(input integer unused);
    integer i;
    for (i = 0; i < MAPS * P; i = i + 1) tails_of_maps[i] = i % P <= (32'(MAP_W[i/P*13 +: 13]) - 1) % P;
  endfunction
  function [DATA_MAPS*P-1:0] tails_of_data(input integer unused);
    integer i;
    for (i = 0; i < DATA_MAPS * P; i = i + 1) tails_of_data[i] = i % P <= (32'(DATA_W[i/P*13 +: 13]) - 1) % P;
  endfunction
  localparam [L*13-1:0]     MAP_SPANS  = spans_of_maps(0);
  localparam [(J+1)*13-1:0] DATA_SPANS = spans_of_data(0);
  localparam [L*P-1:0]      MAP_TAIL   = tails_of_maps(0);
  localparam [(J+1)*P-1:0]  DATA_TAIL  = tails_of_data(0);

  // ---------------------------------------------------------------- control and registers
  wire        clk = aclk;
  wire        begins, ends, free, drop, begin_frame, in_frame, frame_abort, frame_error, frame_dropped;
  wire        loop_end, margin_valid, class_offered, class_end, draining, bus_error;
  wire [31:0] margin;
  wire [63:0] iterations, outputs, fb_base;
  // The units hear of a frame's begin and end a cycle late: both go everywhere.
  reg         reset_q, rst, load, over, gap_q;
  always @(posedge clk) begin
    reset_q <= !aresetn;
    rst     <= !aresetn || ends;
    load    <= begins;
    over    <= ends;
    gap_q   <= in_frame && s_axis_video_tready && !s_axis_video_tvalid;
  end
  wire        reg_write, write_known, read_known, base_write_known, base_read_known;
  wire [7:0]  write_addr, read_addr;
  wire [31:0] write_data, write_mask, read_data, base_read_data;
  hwg_axil u_axil (
      .clk(clk), .rst(reset_q),
      .s_axil_awaddr(s_axil_awaddr), .s_axil_awvalid(s_axil_awvalid), .s_axil_awready(s_axil_awready),
      .s_axil_wdata(s_axil_wdata), .s_axil_wstrb(s_axil_wstrb), .s_axil_wvalid(s_axil_wvalid),
      .s_axil_wready(s_axil_wready), .s_axil_bresp(s_axil_bresp), .s_axil_bvalid(s_axil_bvalid),
      .s_axil_bready(s_axil_bready), .s_axil_araddr(s_axil_araddr), .s_axil_arvalid(s_axil_arvalid),
      .s_axil_arready(s_axil_arready), .s_axil_rdata(s_axil_rdata), .s_axil_rresp(s_axil_rresp),
      .s_axil_rvalid(s_axil_rvalid), .s_axil_rready(s_axil_rready),
      .write(reg_write), .write_addr(write_addr), .write_data(write_data), .write_mask(write_mask),
      .write_known(write_known || base_write_known), .read_addr(read_addr),
      .read_data(base_read_known ? base_read_data : read_data), .read_known(read_known || base_read_known));
  wire unused_prot = &{1'b0, s_axil_awprot, s_axil_arprot};
  hwg_control #(.N(N), .OUTPUTS(OUTPUTS), .VERSION(VERSION), .HASH(CONFIG_HASH)) u_control (
      .clk(clk), .rst(reset_q), .write(reg_write), .write_addr(write_addr), .write_data(write_data),
      .write_mask(write_mask), .write_known(write_known), .read_addr(read_addr), .read_data(read_data),
      .read_known(read_known), .irq(irq), .begin_frame(begin_frame), .frame_abort(frame_abort),
      .frame_error(frame_error), .frame_dropped(frame_dropped), .input_gap(gap_q), .free(free), .drop(drop),
      .draining(draining), .bus_error(bus_error), .loop_end(loop_end), .margin_valid(margin_valid && !over),
      .margin(margin), .load(begins), .clear(ends), .iterations(iterations), .outputs(outputs),
      .class_valid(class_offered && !over), .class_ready(m_axis_class_tready), .class_first(m_axis_class_tuser),
      .class_end(class_end), .class_id(m_axis_class_tid));
  generate
    if (FEEDBACK == hwg_pkg::DRAM) begin : gen_base
      hwg_axi_base u_base (
          .clk(clk), .rst(reset_q), .write(reg_write), .write_addr(write_addr), .write_data(write_data),
          .write_mask(write_mask), .write_known(base_write_known), .read_addr(read_addr), .read_data(base_read_data),
          .read_known(base_read_known), .load(load), .base(fb_base));
    end else begin : gen_no_base
      assign {base_write_known, base_read_known, base_read_data, fb_base} = '0;
      wire unused = &{1'b0, fb_base};
    end
  endgenerate

  // ---------------------------------------------------------------- image to patches of the first convolution
  wire          pixel_valid, pixel_ready, patch_valid, patch_ready;
  wire [24*BEAT-1:0] pixel;
  localparam integer EACH = (BEAT > 2) ? BEAT / 2 : 1;  // patches that come together
  wire [27*EACH*PB-1:0] single;
  wire          single_valid, single_ready;
  wire [27*P*PB-1:0] patch;
  genvar        value;
  hwg_video_in #(.W(W / BEAT), .H(H), .BITS(24 * BEAT)) u_video_in (
      .clk(clk), .rst(reset_q), .s_valid(s_axis_video_tvalid), .s_ready(s_axis_video_tready),
      .s_data(s_axis_video_tdata), .s_user(s_axis_video_tuser), .s_last(s_axis_video_tlast), .clear(ends),
      .free(free && !over), .drop(drop), .begin_frame(begin_frame), .m_valid(pixel_valid), .m_ready(pixel_ready),
      .m_data(pixel), .in_frame(in_frame), .frame_abort(frame_abort), .error(frame_error), .dropped(frame_dropped));
  hwg_patch #(.W(W), .H(H), .SYMMETRIC(SYMMETRIC), .PB(PB), .DEPTH(hwg_pkg::PATCHES / EACH),
              .LUT_DEPTH(PATCH_LINES_LUT_DEPTH), .BEAT(BEAT)) u_patch (
      .clk(clk), .rst(rst), .load(load), .s_valid(pixel_valid), .s_ready(pixel_ready), .s_data(pixel),
      .m_valid(single_valid), .m_ready(single_ready), .m_data(single));
  generate
    if (P == EACH) begin : gen_single
      assign {patch_valid, patch, single_ready} = {single_valid, single, patch_ready};
    end else if (P < EACH) begin : gen_split
      reg second_q;  // the word's second patch is next
      always @(posedge clk) second_q <= !load && (second_q ^ (patch_valid && patch_ready));
      assign {patch_valid, single_ready} = {single_valid, patch_ready && second_q};
      for (value = 0; value < 27; value = value + 1) begin : gen_value
        assign patch[value*PB +: PB] = second_q ? single[(value*EACH+1)*PB +: PB] : single[value*EACH*PB +: PB];
      end
    end else begin : gen_join
      hwg_patch_join #(.P(P / EACH), .WIDTH(32'(DATA_W[13 +: 13]) / EACH), .PB(EACH * PB)) u_join (
          .clk(clk), .load(load), .s_valid(single_valid), .s_ready(single_ready), .s_data(single), .m_valid(patch_valid),
          .m_ready(patch_ready), .m_data(patch));
    end
  endgenerate

  // ---------------------------------------------------------------- operands of the expand array
  wire               line_we, line_re, state_re, fb_re, fb_take, fb_ready, data_written, loop_written, slot_free, u_re;
  wire [LAW-1:0]     line_waddr, line_addr;
  wire [SAW-1:0]     state_addr;
  wire [IE*P*YB-1:0] line_wdata, line_data;
  wire [IE*P*AS-1:0] state_data, fb_data, residual_data;
  wire [J-1:0]       data_layer;  // one bit for each
  wire [2:0]         job_layer, job_l, job_k;
  wire [5:0]         job_n;
  wire               job_start, job_is_data, job_first, job_done, residual_ready, residual_re;
  wire [UAW-1:0]     u_addr;
  wire [IE*P*EA-1:0] u_data;
  wire [RESAW-1:0]   residual_addr;
  hwg_loader #(
      .L(L), .K(K), .N(N), .J(J), .LAW(LAW), .SAW(SAW), .DATA_W(DATA_SPANS), .DATA_H(DATA_H), .LINE_SLOTS(LINE_SLOTS),
      .LINE_BASE(LINE_BASE), .P(P), .TAIL(MAP_TAIL), .DATA_TAIL(DATA_TAIL), .MAP_W(MAP_SPANS), .MAP_H(MAP_H),
      .STATE_BASE(STATE_BASE), .STATE_WORDS(STATE_WORDS), .PASS_OFFSET(PASS_OFFSET), .IE(IE), .CF(CF), .PB(PB), .YB(YB),
      .AS(AS), .OPERAND_SLOT(OPERAND_SLOT), .POOLED(POOLED), .RESIDUALS(RESIDUALS), .FEEDBACK(FEEDBACK),
      .OPERANDS_LUT_DEPTH(OPERANDS_LUT_DEPTH), .RESIDUALS_LUT_DEPTH(RESIDUALS_LUT_DEPTH)) u_loader (
      .clk(clk), .rst(rst), .load(load), .mask(iterations), .patch_valid(patch_valid), .patch_ready(patch_ready),
      .patch(patch), .line_re(line_re), .line_addr(line_addr), .line_data(line_data), .state_re(state_re),
      .state_addr(state_addr), .state_data(state_data), .fb_ready(fb_ready), .fb_take(fb_take), .fb_re(fb_re),
      .fb_data(fb_data), .data_written(data_written), .data_layer(data_layer), .loop_written(loop_written),
      .slot_free(slot_free), .job_done(job_done), .job_start(job_start), .job_is_data(job_is_data),
      .job_layer(job_layer), .job_l(job_l), .job_k(job_k), .job_n(job_n), .job_first(job_first), .u_re(u_re),
      .u_addr(u_addr), .u_data(u_data), .residual_ready(residual_ready), .residual_re(residual_re),
      .residual_addr(residual_addr), .residual_data(residual_data));

  // ---------------------------------------------------------------- expand unit
  wire               ring_space, ring_start, ring_valid, ring_done, data_fb_start, fb_space;
  wire [RIW-1:0]     ring_index;
  wire [D*P*YB-1:0]  ring_data;
  wire               data_valid, data_last, expand_probe, iteration_start;
  wire [IE*P*YB-1:0] data_word;
  wire [2:0]         expand_probe_layer;
  wire [F*P*YB-1:0]  expand_probe_data;
  hwg_expand #(
      .L(L), .K(K), .N(N), .J(J), .SETS(SETS), .SET_OF(SET_OF), .JOBS(EXPAND_JOBS), .ARRAY(EXPAND), .DIGITS(DIGITS),
      .F(F), .YB(YB), .OPERAND_SLOT(OPERAND_SLOT), .RING_LANES(D), .RING_SLOT(RING_SLOT), .FEEDBACK(FEEDBACK),
      .MEM_DIR(MEM_DIR)) u_expand (
      .clk(clk), .rst(rst), .job_start(job_start), .job_is_data(job_is_data), .job_layer(job_layer), .job_l(job_l),
      .job_k(job_k), .job_n(job_n), .job_first(job_first), .job_done(job_done), .slot_free(slot_free), .u_re(u_re),
      .u_addr(u_addr), .u_data(u_data), .ring_space(ring_space), .ring_start(ring_start), .ring_valid(ring_valid),
      .ring_index(ring_index), .ring_data(ring_data), .ring_done(ring_done), .fb_space(fb_space),
      .fb_start(data_fb_start), .word_valid(data_valid), .word_last(data_last), .word_layer(data_layer),
      .word_data(data_word), .probe_valid(expand_probe), .probe_layer(expand_probe_layer),
      .probe_data(expand_probe_data), .probe_start(iteration_start));
  assign data_written = data_valid && data_last;
  wire unused_expand = &{1'b0, expand_probe, expand_probe_layer, expand_probe_data, iteration_start};

  // ---------------------------------------------------------------- feature maps on chip
  wire               loop_valid, loop_first, loop_last, loop_map_first, loop_to_stream, loop_it_last, loop_fb_start;
  wire [2:0]         loop_l;
  wire [IE*P*AS-1:0] loop_word;
  hwg_store #(
      .L(L), .J(J), .IE(IE * P), .CF(CF), .YB(YB), .AS(AS), .LINE_SLOTS(LINE_SLOTS), .LAW(LAW), .LINE_BASE(LINE_BASE),
      .SAW(SAW), .STATE_BASE(STATE_BASE), .STATE_WORDS(STATE_WORDS), .FEEDBACK(FEEDBACK)) u_store (
      .clk(clk), .load(load), .data_valid(data_valid), .data_layer(data_layer), .data_word(data_word),
      .loop_valid(loop_valid), .loop_first(loop_first && loop_map_first), .loop_l(loop_l), .loop_word(loop_word),
      .line_we(line_we), .line_waddr(line_waddr), .line_wdata(line_wdata), .state_re(state_re), .state_addr(state_addr),
      .state_data(state_data));
  assign loop_written = loop_valid && loop_last;

  // ---------------------------------------------------------------- lines of the data block, ring of the loop
  wire               ring_we, ring_re;
  wire [RAW-1:0]     ring_waddr, ring_raddr;
  wire [D*P*YB-1:0]  ring_wdata, ring_rdata;
  generate
    if (SHARED_LINES != 0) begin : gen_shared
      // The data block is over when the loop writes its first word.
      hwg_shared_ram #(.A_WIDTH(IE * P * YB), .A_DEPTH(LINE_WORDS), .B_WIDTH(D * P * YB), .B_DEPTH(RING_SLOTS * RING_SLOT))
          u_line_ring (
          .clk(clk), .a_we(line_we), .a_waddr(line_waddr), .a_wdata(line_wdata), .a_re(line_re), .a_raddr(line_addr),
          .a_rdata(line_data), .b_we(ring_we), .b_waddr(ring_waddr), .b_wdata(ring_wdata), .b_re(ring_re),
          .b_raddr(ring_raddr), .b_rdata(ring_rdata));
    end else begin : gen_apart
      hwg_ram #(.WIDTH(IE * P * YB), .DEPTH(LINE_WORDS)) u_lines (
          .clk(clk), .we(line_we), .waddr(line_waddr), .wdata(line_wdata), .re(line_re), .raddr(line_addr),
          .rdata(line_data));
      hwg_ram #(.WIDTH(D * P * YB), .DEPTH(RING_SLOTS * RING_SLOT)) u_ring (
          .clk(clk), .we(ring_we), .waddr(ring_waddr), .wdata(ring_wdata), .re(ring_re), .raddr(ring_raddr),
          .rdata(ring_rdata));
    end
  endgenerate

  // ---------------------------------------------------------------- feedback: on chip nothing leaves, else scale 0
  // The words are those of the data block's third layer, then those of the loop: out and back at the pins, or through a
  // FIFO in DRAM.
  wire               first_leaves = data_valid && data_layer[2], loop_leaves = loop_valid && loop_to_stream;
  generate
    if (FEEDBACK == hwg_pkg::ONCHIP) begin : gen_onchip
      assign {draining, bus_error, fb_space, fb_ready, fb_data} = {4'b0010, {(IE*P*AS){1'b0}}};
      assign {m_axis_fb_tdata, m_axis_fb_tvalid, m_axis_fb_tlast, s_axis_fb_tready, m_axi_fb_awid, m_axi_fb_awaddr,
              m_axi_fb_awlen, m_axi_fb_awsize, m_axi_fb_awburst, m_axi_fb_awcache, m_axi_fb_awprot, m_axi_fb_awvalid,
              m_axi_fb_wdata, m_axi_fb_wstrb, m_axi_fb_wlast, m_axi_fb_wvalid, m_axi_fb_bready, m_axi_fb_arid,
              m_axi_fb_araddr, m_axi_fb_arlen, m_axi_fb_arsize, m_axi_fb_arburst, m_axi_fb_arcache, m_axi_fb_arprot,
              m_axi_fb_arvalid, m_axi_fb_rready} = '0;
      wire unused = &{1'b0, data_fb_start, loop_fb_start, fb_take, fb_re, loop_it_last, first_leaves, loop_leaves,
                      FEEDBACK_DEPTH != 0, m_axis_fb_tready, s_axis_fb_tdata, s_axis_fb_tvalid, s_axis_fb_tlast,
                      AXI_BEATS != 0, m_axi_fb_awready, m_axi_fb_wready, m_axi_fb_bid, m_axi_fb_bresp, m_axi_fb_bvalid,
                      m_axi_fb_arready, m_axi_fb_rid, m_axi_fb_rdata, m_axi_fb_rresp, m_axi_fb_rlast, m_axi_fb_rvalid};
    end else begin : gen_leaves
      hwg_feedback_path #(
          .FEEDBACK(FEEDBACK), .LANES(IE * P), .YB(YB), .AS(AS), .CF(CF), .DEPTH(FEEDBACK_DEPTH), .FB_BITS(FB_BITS),
          .PIXELS(32'(DATA_SPANS[3*13 +: 13]) * 32'(DATA_H[3*13 +: 13])), .AXI_BITS(AXI_BITS), .AXI_BEATS(AXI_BEATS))
          u_feedback (
          .clk(clk), .reset(reset_q), .rst(rst), .load(load), .over(over), .draining(draining), .bus_error(bus_error),
          .base(fb_base), .data_start(data_fb_start), .data_valid(first_leaves), .data_last(data_last),
          .data_word(data_word), .loop_start(loop_fb_start), .loop_valid(loop_leaves), .loop_last(loop_last),
          .loop_it_last(loop_it_last), .loop_word(loop_word), .space(fb_space), .ready(fb_ready), .take(fb_take),
          .re(fb_re), .data(fb_data), .m_axis_fb_tdata(m_axis_fb_tdata), .m_axis_fb_tvalid(m_axis_fb_tvalid),
          .m_axis_fb_tready(m_axis_fb_tready), .m_axis_fb_tlast(m_axis_fb_tlast), .s_axis_fb_tdata(s_axis_fb_tdata),
          .s_axis_fb_tvalid(s_axis_fb_tvalid), .s_axis_fb_tready(s_axis_fb_tready), .s_axis_fb_tlast(s_axis_fb_tlast),
          .m_axi_fb_awid(m_axi_fb_awid), .m_axi_fb_awaddr(m_axi_fb_awaddr), .m_axi_fb_awlen(m_axi_fb_awlen),
          .m_axi_fb_awsize(m_axi_fb_awsize), .m_axi_fb_awburst(m_axi_fb_awburst), .m_axi_fb_awcache(m_axi_fb_awcache),
          .m_axi_fb_awprot(m_axi_fb_awprot), .m_axi_fb_awvalid(m_axi_fb_awvalid), .m_axi_fb_awready(m_axi_fb_awready),
          .m_axi_fb_wdata(m_axi_fb_wdata), .m_axi_fb_wstrb(m_axi_fb_wstrb), .m_axi_fb_wlast(m_axi_fb_wlast),
          .m_axi_fb_wvalid(m_axi_fb_wvalid), .m_axi_fb_wready(m_axi_fb_wready), .m_axi_fb_bid(m_axi_fb_bid),
          .m_axi_fb_bresp(m_axi_fb_bresp), .m_axi_fb_bvalid(m_axi_fb_bvalid), .m_axi_fb_bready(m_axi_fb_bready),
          .m_axi_fb_arid(m_axi_fb_arid), .m_axi_fb_araddr(m_axi_fb_araddr), .m_axi_fb_arlen(m_axi_fb_arlen),
          .m_axi_fb_arsize(m_axi_fb_arsize), .m_axi_fb_arburst(m_axi_fb_arburst), .m_axi_fb_arcache(m_axi_fb_arcache),
          .m_axi_fb_arprot(m_axi_fb_arprot), .m_axi_fb_arvalid(m_axi_fb_arvalid), .m_axi_fb_arready(m_axi_fb_arready),
          .m_axi_fb_rid(m_axi_fb_rid), .m_axi_fb_rdata(m_axi_fb_rdata), .m_axi_fb_rresp(m_axi_fb_rresp),
          .m_axi_fb_rlast(m_axi_fb_rlast), .m_axi_fb_rvalid(m_axi_fb_rvalid), .m_axi_fb_rready(m_axi_fb_rready));
    end
  endgenerate

  // ---------------------------------------------------------------- depthwise unit
  wire               v_space, v_start, v_valid, v_done;
  wire [VIW-1:0]     v_index;
  wire [V*P*AD-1:0]  v_data;
  hwg_depthwise #(
      .L(L), .K(K), .N(N), .TAIL(MAP_TAIL), .MAP_W(MAP_SPANS), .MAP_H(MAP_H), .SETS(SETS), .SET_OF(SET_OF),
      .JOBS(DEPTHWISE_JOBS), .ARRAY(DEPTHWISE), .AX(YB), .AY(AD), .RING_SLOTS(RING_SLOTS), .RING_SLOT(RING_SLOT),
      .VECTOR_LANES(V), .VECTOR_SLOT(VECTOR_SLOT), .MEM_DIR(MEM_DIR)) u_depthwise (
      .clk(clk), .rst(rst), .load(load), .mask(iterations), .ring_space(ring_space), .ring_start(ring_start),
      .ring_valid(ring_valid), .ring_index(ring_index), .ring_data(ring_data), .ring_done(ring_done),
      .mem_we(ring_we), .mem_waddr(ring_waddr), .mem_wdata(ring_wdata), .mem_re(ring_re), .mem_raddr(ring_raddr),
      .mem_rdata(ring_rdata), .v_space(v_space), .v_start(v_start), .v_valid(v_valid), .v_index(v_index),
      .v_data(v_data), .v_done(v_done));

  // ---------------------------------------------------------------- project unit, residual, batch norm
  wire               class_space, class_start, class_valid, class_first, class_last, state_probe;
  wire               y_valid, y_first, y_last, y_later;
  wire [PD*P*RB-1:0] y_data;
  wire [MW-1:0]      y_map;
  wire [7:0]         y_pixel;
  wire [CI*P*AS-1:0] class_word;
  wire [F*P*AS-1:0]  state_probe_data;
  hwg_project #(
      .L(L), .K(K), .N(N), .MAP_W(MAP_SPANS), .MAP_H(MAP_H), .SETS(SETS), .SET_OF(SET_OF), .JOBS(PROJECT_JOBS),
      .ARRAY(PROJECT), .AY(AD), .RB(RB), .VECTOR_LANES(V), .VECTOR_SLOTS(VECTOR_SLOTS), .VECTOR_SLOT(VECTOR_SLOT),
      .VECTORS_LUT_DEPTH(VECTORS_LUT_DEPTH), .CONSTANTS_LUT_DEPTH(CONSTANTS_LUT_DEPTH), .FEEDBACK(FEEDBACK),
      .MEM_DIR(MEM_DIR)) u_project (
      .clk(clk), .rst(rst), .load(load), .mask(iterations), .outputs(outputs), .v_space(v_space), .v_start(v_start),
      .v_valid(v_valid), .v_index(v_index), .v_data(v_data), .v_done(v_done), .fb_space(fb_space),
      .fb_start(loop_fb_start), .class_space(class_space), .class_start(class_start), .y_valid(y_valid),
      .y_first(y_first), .y_last(y_last), .y_data(y_data), .y_map(y_map), .y_later(y_later), .y_pixel(y_pixel));
  hwg_state #(
      .L(L), .K(K), .N(N), .F(F), .AS(AS), .RB(RB), .DRAIN(PD), .P(P), .BEATS((F + PO - 1) / PO * PO / PD), .IE(IE), .CI(CI),
      .RESIDUALS(RESIDUALS), .BIAS_BITS(AFFINE_BIAS_BITS), .SHIFT(AFFINE_SHIFT), .MID_SHIFT(MID_SHIFT),
      .IN_LUTS(PROJECT[hwg_pkg::REQUANT_IN_LUTS_AT] ? 1 : 0), .MEM_DIR(MEM_DIR)) u_state (
      .clk(clk), .rst(rst), .s_valid(y_valid), .s_first(y_first), .s_last(y_last), .s_data(y_data), .s_map(y_map),
      .s_later(y_later), .s_pixel(y_pixel), .residual_ready(residual_ready), .residual_re(residual_re),
      .residual_addr(residual_addr), .residual_data(residual_data), .word_valid(loop_valid), .word_first(loop_first),
      .word_last(loop_last), .word_l(loop_l), .word_map_first(loop_map_first), .word_to_stream(loop_to_stream),
      .word_it_last(loop_it_last), .word_data(loop_word), .frame_last(loop_end), .class_valid(class_valid),
      .class_first(class_first), .class_last(class_last), .class_data(class_word), .probe_valid(state_probe),
      .probe_data(state_probe_data));
  wire unused_state = &{1'b0, class_first, state_probe, state_probe_data};

  // ---------------------------------------------------------------- classification unit
  wire               logits_blocked, coarse_free, output_issued, output_done, logit_valid;
  wire [25:0]        fine_free;
  wire [GAW-1:0]     logit_addr;
  wire [C*LB-1:0]    logit_data;
  hwg_classify #(
      .L(L), .N(N), .TAIL(MAP_TAIL), .MAP_W(MAP_SPANS), .MAP_H(MAP_H), .OUTPUTS(OUTPUTS), .HEADS(HEADS), .JOBS(CLASSIFY_JOBS),
      .ARRAY(CLASSIFY), .RING_SLOTS(QUEUE_SLOTS), .F(F), .C(C), .AS(AS), .LB(LB), .LOGIT_BASE(LOGIT_BASE), .GAW(GAW),
      .CONSTANTS_LUT_DEPTH(CONSTANTS_LUT_DEPTH), .MEM_DIR(MEM_DIR)) u_classify (
      .clk(clk), .rst(rst), .load(load), .outputs(outputs), .ring_space(class_space), .ring_start(class_start),
      .ring_valid(class_valid), .ring_last(class_last), .ring_data(class_word), .blocked(logits_blocked),
      .fine_free(fine_free), .coarse_free(coarse_free), .output_issued(output_issued), .logit_valid(logit_valid),
      .logit_addr(logit_addr), .logit_data(logit_data), .output_done(output_done));

  // ---------------------------------------------------------------- logits to classes
  wire               row_done, t_re, total_probe;
  wire [2:0]         rows_freed;
  wire [TAW-1:0]     t_addr;
  wire [C*TB-1:0]    t_data, total_probe_data;
  hwg_logit_sum #(
      .L(L), .MAP_W(MAP_W), .MAP_H(MAP_H), .LOGIT_BASE(LOGIT_BASE), .U_BASE(UP_BASE), .LOGIT_WORDS(LOGIT_WORDS),
      .U_WORDS(UP_WORDS), .C(C), .LB(LB), .TB(TB), .ROWS(hwg_pkg::TOTAL_ROWS), .MAPS_LUT_DEPTH(MAPS_LUT_DEPTH),
      .SUMS_LUT_DEPTH(SUMS_LUT_DEPTH), .MARGIN_SHIFT(MARGIN_SHIFT)) u_logit_sum (
      .clk(clk), .rst(rst), .output_issued(output_issued), .output_done(output_done), .logit_valid(logit_valid),
      .logit_addr(logit_addr), .logit_data(logit_data), .blocked(logits_blocked), .fine_free(fine_free),
      .coarse_free(coarse_free), .row_done(row_done), .rows_freed(rows_freed), .t_re(t_re), .t_addr(t_addr),
      .t_data(t_data), .margin_valid(margin_valid), .margin(margin), .probe_valid(total_probe),
      .probe_data(total_probe_data));
  hwg_upsample #(
      .W(W), .H(H), .W0(W0), .H0(H0), .N(N), .C(C), .TB(TB), .ROWS(hwg_pkg::TOTAL_ROWS), .FIFO(hwg_pkg::CLASS_WORDS),
      .BEAT(BEAT)) u_upsample (
      .clk(clk), .rst(rst), .load(load), .outputs(outputs), .row_done(row_done), .rows_freed(rows_freed), .t_re(t_re),
      .t_addr(t_addr), .t_data(t_data), .m_valid(class_offered), .m_ready(m_axis_class_tready && !ends && !over),
      .m_data(m_axis_class_tdata), .m_id(m_axis_class_tid), .m_user(m_axis_class_tuser),
      .m_last(m_axis_class_tlast), .m_end(class_end));
  // the end of a frame, by stop or early exit too, holds back what later outputs have ready
  assign m_axis_class_tvalid = class_offered && !ends && !over;
  wire unused_total = &{1'b0, total_probe, total_probe_data};
endmodule
`default_nettype wire
