// SPDX-License-Identifier: Apache-2.0
// Project unit: 1x1 project, residual addition, batch norm of the iteration; gives the state words out.
//
//   v words -> [ vector memory ] -> [ PO x PI array ] -> drain, Q lanes -> requant -> + own input -> affine
//           -> pixel -+-> words of IE lanes: state memory or feedback stream
//                     +-> words of CI lanes: ring of the classification unit
//
// Table entries: block k at scale l is l*K + k. reset drops all jobs
`default_nettype none
module hwg_project #(
    parameter integer L = 3,
    parameter integer K = 1,
    parameter [L*13-1:0] MAP_W = '0,
    parameter [L*13-1:0] MAP_H = '0,
    parameter integer N = 16,
    parameter integer SETS = 1,
    parameter integer F = 51,
    parameter integer PO = 51,
    parameter integer PI = 2,
    parameter integer Q = 1,
    parameter integer AY = 8,              // bits of a depthwise output
    parameter integer AS = 8,              // bits of a state
    parameter integer WW = 8,
    parameter integer PAIRS = 0,          // 1: rows share multipliers in twos
    parameter integer SOFT = 0,           // 1: products of adders in LUTs
    parameter integer RSOFT = 0,          // the same for requantisation
    parameter integer VECTORS_LUT_DEPTH = 32,    // memories of up to so many words are LUT RAM
    parameter integer CONSTANTS_LUT_DEPTH = 32,
    parameter integer ACCW = 24,
    parameter integer DEPTH = 16,
    parameter integer RDEPTH = 16,
    parameter integer BW = 32,
    parameter integer PW = 42,
    parameter integer ADEPTH = 16,         // rows of the affine ROM
    parameter integer ABW = 32,
    parameter integer APW = 42,
    parameter integer AROW = 51,           // beats of a pixel
    parameter [4:0] ASHIFT = 5'd1,
    parameter [2:0] MID_SHIFT = 3'd0,
    parameter integer GROUPS = 0,          // less one
    parameter [L*K*16-1:0] PERIOD = '0,    // less one
    parameter [L*K*16-1:0] WORDS = '0,     // less one
    parameter [L*K*24-1:0] WBASE = '0,
    parameter [L*K*24-1:0] RBASE = '0,
    parameter [SETS*24-1:0] SET_WBASE = '0,
    parameter [SETS*24-1:0] SET_RBASE = '0,
    parameter [64*6-1:0] SET_OF = '0,
    parameter [SETS*L*K*5-1:0] SHIFT = '0,
    parameter integer V = 2,               // lanes of a vector memory word, a multiple of PI
    parameter integer V_SLOTS = 2,
    parameter integer V_SLOT = 306,
    parameter integer VW = 9,
    parameter integer IE = 51,
    parameter integer CF = 1,
    parameter integer CI = 17,
    parameter integer CFC = 3,
    parameter integer RESIDUALS = 64,
    parameter integer RAW = $clog2(RESIDUALS),
    parameter integer STREAM = 0,
    parameter         MEM = "mem/"
) (
    input  wire             clk,
    input  wire             rst,
    input  wire             load,
    input  wire [63:0]      mask,
    input  wire [63:0]      outputs,       // iterations that are classified
    // vector memory, written by the depthwise unit
    output wire             v_space,
    input  wire             v_start,
    input  wire             v_valid,
    input  wire [VW-1:0]    v_index,
    input  wire [V*AY-1:0]  v_data,
    input  wire             v_done,
    // residual memory
    input  wire             residual_ready,
    output wire             residual_re,
    output wire [RAW-1:0]   residual_addr,
    input  wire [IE*AS-1:0] residual_data,
    // state words
    input  wire             fb_space,
    output wire             fb_start,
    output wire             word_valid,
    output wire             word_first,
    output wire             word_last,
    output wire [2:0]       word_l,
    output wire             word_map_first, // first pixel of a map
    output wire             word_to_stream,
    output wire             word_it_last,   // last pixel of the scale in this iteration
    output wire [IE*AS-1:0] word_data,
    output wire             frame_last,     // with the last word of the frame
    // ring of the classification unit
    input  wire             class_space,
    output wire             class_start,
    output wire             class_valid,
    output wire             class_first,
    output wire             class_last,
    output wire [CI*AS-1:0] class_data,
    // for observers: each pixel that leaves
    output wire             probe_valid,
    output wire [F*AS-1:0]  probe_data
);
  localparam integer DW = (DEPTH > 1) ? $clog2(DEPTH) : 1;
  localparam integer QW = (RDEPTH > 1) ? $clog2(RDEPTH) : 1;
  localparam integer EW = (ADEPTH > 1) ? $clog2(ADEPTH) : 1;
  localparam integer XW = $clog2(SETS * L * K + 1);
  localparam integer SUB = V / PI;
  localparam integer VAW = $clog2(V_SLOTS * V_SLOT);
  localparam integer SW = $clog2(V_SLOTS + 1);
  localparam integer RB = AS + 4;

  // ---------------------------------------------------------------- vector memory
  reg [VAW-1:0] v_base_q, v_next_q, v_rbase_q, v_word_q;
  wire          v_first = v_index == '0;  // a pixel's first word takes the next slot
  wire [VAW-1:0] v_base = v_first ? v_next_q : v_base_q;
  reg [SW-1:0]  used_q, full_q;
  reg           filled_q;  // a vector is there
  wire          start, ending;
  assign v_space = used_q != SW'(V_SLOTS);
  function [VAW-1:0] next_slot(input [VAW-1:0] from);
    next_slot = (from == VAW'((V_SLOTS - 1) * V_SLOT)) ? '0 : from + VAW'(V_SLOT);
  endfunction
  always @(posedge clk)
    if (rst) begin
      v_next_q  <= '0;
      v_rbase_q <= '0;
      used_q    <= '0;
      full_q    <= '0;
      filled_q  <= 1'b0;
    end else begin
      if (v_valid && v_first) v_next_q <= next_slot(v_next_q);
      if (ending) v_rbase_q <= next_slot(v_rbase_q);
      used_q <= used_q + SW'(v_start) - SW'(ending);
      if (v_done && !start) begin
        full_q   <= full_q + 1'b1;
        filled_q <= 1'b1;
      end else if (start && !v_done) begin
        full_q   <= full_q - 1'b1;
        filled_q <= full_q != SW'(1);
      end
    end
  // The memory is far from the depthwise unit: a register on the way. Its word is there before the job that reads it.
  reg            v_we_q;
  reg [VAW-1:0]  v_waddr_q;
  reg [V*AY-1:0] v_wdata_q;
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
  reg  classify, to_stream;  // jobs take seven cycles or more, so these and the tables below may lag
  always @(posedge clk) begin
    classify  <= last_block && outputs[n];
    to_stream <= STREAM != 0 && l == '0 && !(last_n && last_block);
  end
  assign start = free && filled_q && (!classify || class_space) && (!to_stream || fb_space);
  assign class_start = start && classify;
  assign fb_start    = start && to_stream;
  wire unused = &{1'b0, x, y, last_x, last_y, done, count};

  // Of the iteration, scale and block: what the next job begins with, in two steps.
  wire [5:0]    set, lks;
  wire [15:0]   period, words;
  wire [23:0]   wbase, rbase, set_wbase, set_rbase;
  wire [XW-1:0] sets;
  wire [8:0]    maps_before;  // n*L
  wire [EW-1:0] abase;
  reg  [5:0]    set_q, lk_q;
  reg  [8:0]    map_q;
  reg  [15:0]   period_q, words_q;
  reg  [DW-1:0] waddr_of_q;
  reg  [QW-1:0] rbase_of_q;
  reg  [EW-1:0] abase_of_q;
  reg  [XW-1:0] x_of_q;
  hwg_select #(.N(64), .W(6)) u_set (.index(n), .entries(SET_OF), .entry(set));
  hwg_scale #(.FACTOR(K), .IW(3), .OW(6)) u_lk (.x(l), .y(lks));
  hwg_scale #(.FACTOR(L), .IW(6), .OW(9)) u_maps (.x(n), .y(maps_before));
  hwg_select #(.N(L * K), .W(16), .IW(6)) u_period (.index(lk_q), .entries(PERIOD), .entry(period));
  hwg_select #(.N(L * K), .W(16), .IW(6)) u_lead (.index(lk_q), .entries(WORDS), .entry(words));
  hwg_select #(.N(L * K), .W(24), .IW(6)) u_wbase (.index(lk_q), .entries(WBASE), .entry(wbase));
  hwg_select #(.N(L * K), .W(24), .IW(6)) u_rbase (.index(lk_q), .entries(RBASE), .entry(rbase));
  hwg_select #(.N(SETS), .W(24), .IW(6)) u_set_wbase (.index(set_q), .entries(SET_WBASE), .entry(set_wbase));
  hwg_select #(.N(SETS), .W(24), .IW(6)) u_set_rbase (.index(set_q), .entries(SET_RBASE), .entry(set_rbase));
  hwg_scale #(.FACTOR(L * K), .IW(6), .OW(XW)) u_sets (.x(set_q), .y(sets));
  hwg_scale #(.FACTOR(AROW), .IW(9), .OW(EW)) u_abase (.x(map_q), .y(abase));
  always @(posedge clk) begin
    set_q      <= set;
    lk_q       <= lks + 6'(k);
    map_q      <= maps_before + 9'(l);
    period_q   <= period;
    words_q    <= words;
    waddr_of_q <= DW'(wbase + set_wbase);
    rbase_of_q <= QW'(rbase + set_rbase);
    abase_of_q <= abase;
    x_of_q     <= sets + XW'(lk_q);
  end
  hwg_issue #(.GW(16), .TW(16)) u_issue (
      .clk(clk), .rst(rst), .start(start), .groups(16'(GROUPS)), .period(period_q), .words(words_q),
      .free(free), .ending(ending), .valid(valid), .count(count),
      .first_word(first_word), .last_word(last_word), .first_group(first_group), .last_group(last_group));

  localparam integer INFO = 3 + 6;
  localparam integer SIDE = XW + QW + EW + INFO;
  reg [DW-1:0]   waddr_q;
  reg [QW-1:0]   rbase_q;
  reg [EW-1:0]   abase_q;
  reg [XW-1:0]   x_q;
  reg [INFO-1:0] info_q;  // scale, block > 0, first pixel of the map, classify, to stream, last of scale, last of frame
  always @(posedge clk)
    if (start) begin
      waddr_q <= waddr_of_q;
      rbase_q <= rbase_of_q;
      abase_q <= last_block ? abase_of_q : EW'(N * L * AROW);
      x_q     <= x_of_q;
      info_q  <= {l, k != '0, first_pixel, classify, to_stream, last_pixel && last_block,
                  last_pixel && last_pass && last_n};
    end else if (valid) waddr_q <= waddr_q + 1'b1;

  // Words of PI lanes out of memory words of V lanes.
  wire [V*AY-1:0]  v_word;
  wire [PI*AY-1:0] operand;
  hwg_ram #(.WIDTH(V * AY), .DEPTH(V_SLOTS * V_SLOT), .LUT_DEPTH(VECTORS_LUT_DEPTH)) u_vectors (
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
      hwg_select #(.N(SUB), .W(PI * AY)) u_part (.index(sub2_q), .entries(v_word), .entry(operand));
    end
  endgenerate

  // ---------------------------------------------------------------- array; activations are unsigned
  wire [PI*(AY+1)-1:0] operand_signed;
  genvar i;
  generate
    for (i = 0; i < PI; i = i + 1) begin : gen_operand
      assign operand_signed[i*(AY+1) +: AY+1] = {1'b0, operand[i*AY +: AY]};
    end
  endgenerate
  wire               a_valid, d_valid, d_first, d_last;
  wire [PO*ACCW-1:0] a_data;
  localparam integer DSIDE = XW + EW + INFO + 2;
  wire [SIDE+1:0]    a_side;
  wire [XW-1:0]      a_x;
  wire [QW-1:0]      a_rbase;
  wire [EW-1:0]      a_abase;
  wire [INFO-1:0]    a_info;
  wire               a_first_group, a_last_group;
  wire [DSIDE-1:0]   d_side;
  wire [Q*ACCW-1:0]  d_data;
  hwg_mac_array #(.ROWS(PO), .LANES(PI), .AW(AY + 1), .WW(WW), .ACCW(ACCW), .PAIRS(PAIRS), .SOFT(SOFT),
                  .DEPTH(DEPTH), .SIDE(SIDE + 2),
                  .FILE({MEM, "project.hex"})) u_array (
      .clk(clk), .rst(rst), .s_valid(valid), .s_addr(waddr_q), .s_first(first_word), .s_digit(1'b0),
      .s_last(last_word), .s_side({x_q, rbase_q, abase_q, info_q, first_group, last_group}), .s_data(operand_signed),
      .m_valid(a_valid), .m_data(a_data), .m_side(a_side));
  hwg_drain #(.ROWS(PO), .Q(Q), .VW(ACCW), .SIDE(DSIDE)) u_drain (
      .clk(clk), .rst(rst), .s_valid(a_valid), .s_data(a_data),
      .s_side({a_x, a_abase, a_info, a_first_group, a_last_group}), .m_valid(d_valid), .m_data(d_data),
      .m_first(d_first), .m_last(d_last), .m_side(d_side));

  wire [XW-1:0]   d_x;
  wire [EW-1:0]   d_abase;
  wire [INFO-1:0] d_info;
  wire            d_first_group, d_last_group;
  assign {a_x, a_rbase, a_abase, a_info, a_first_group, a_last_group} = a_side;
  assign {d_x, d_abase, d_info, d_first_group, d_last_group} = d_side;
  wire pixel_first = d_first && d_first_group;
  wire pixel_last  = d_last && d_last_group;
  wire [4:0]    shift;
  hwg_select #(.N(SETS * L * K), .W(5), .IW(XW)) u_shift (.index(d_x), .entries(SHIFT), .entry(shift));
  // Address of the constants, known with the beat: a pixel's first group sets it.
  reg  [QW-1:0] raddr_q;
  always @(posedge clk)
    if (a_valid && a_first_group) raddr_q <= a_rbase;
    else if (d_valid) raddr_q <= raddr_q + 1'b1;

  // ---------------------------------------------------------------- requantise to the residual format, add, clamp
  localparam signed [RB:0] R_LO = -(1 <<< (RB - 1));
  localparam signed [RB:0] R_HI = (1 <<< (RB - 1)) - 1;
  wire             y_valid, y_first, y_last;
  wire [Q*RB-1:0]  y_data;
  wire [EW-1:0]    y_abase;
  wire [INFO-1:0]  y_info;
  hwg_requant #(.LANES(Q), .VW(ACCW), .BW(BW), .PW(PW), .YW(RB), .SIDE(EW + INFO + 2), .SOFT(RSOFT), .DEPTH(RDEPTH),
                .LUT_DEPTH(CONSTANTS_LUT_DEPTH), .FILE({MEM, "project_requant.hex"})) u_requant (
      .clk(clk), .rst(rst), .s_valid(d_valid), .s_data(d_data), .s_addr(raddr_q), .s_shift(shift),
      .s_lo(R_LO), .s_hi(R_HI), .s_side({d_abase, d_info, pixel_first, pixel_last}), .m_valid(y_valid),
      .m_data(y_data), .m_side({y_abase, y_info, y_first, y_last}));

  wire [Q*AS-1:0] own;
  hwg_residual #(.LANES(F), .WL(IE), .WORDS(CF), .LW(AS), .Q(Q), .DEPTH(RESIDUALS)) u_residual (
      .clk(clk), .rst(rst), .stored(residual_ready), .re(residual_re), .addr(residual_addr), .data(residual_data),
      .beat(y_valid), .first(y_first), .lanes(own));
  reg             o_valid, o_first, o_last, r_valid, r_last;
  reg [Q*RB-1:0]  o_data, r_data;
  reg [Q*AS-1:0]  o_own;          // lanes of the block's own input, chosen a cycle before they are added
  reg [EW-1:0]    o_abase, r_addr_q;
  reg [INFO-1:0]  o_info, r_info;
  wire            later_block = o_info[5];
  always @(posedge clk) begin
    o_valid <= !rst && y_valid;
    {o_first, o_last, o_data, o_own, o_abase, o_info} <= {y_first, y_last, y_data, own, y_abase, y_info};
    r_valid <= !rst && o_valid;
    if (o_valid) begin
      r_last   <= o_last;
      r_info   <= o_info;
      r_addr_q <= o_first ? o_abase : r_addr_q + 1'b1;
    end
  end
  generate
    for (i = 0; i < Q; i = i + 1) begin : gen_residual
      wire signed [RB+1:0] wide = (RB+2)'($signed(o_own[i*AS +: AS]));
      wire signed [RB+4:0] sum  = (RB+5)'($signed(o_data[i*RB +: RB]))
                                + ((RB+5)'(wide) <<< (later_block ? 3'd2 + MID_SHIFT : 3'd2));
      always @(posedge clk)
        if (o_valid)
          r_data[i*RB +: RB] <= (sum < (RB+5)'(R_LO)) ? R_LO[RB-1:0] : (sum > (RB+5)'(R_HI)) ? R_HI[RB-1:0]
                              : sum[RB-1:0];
    end
  endgenerate

  // ---------------------------------------------------------------- affine of the iteration, then the pixel
  localparam signed [AS:0] S_LO = -(1 <<< (AS - 1));
  localparam signed [AS:0] S_HI = (1 <<< (AS - 1)) - 1;
  wire            s_valid, s_last;
  wire [Q*AS-1:0] s_data;
  wire [INFO-1:0] s_info, p_info;
  hwg_requant #(.LANES(Q), .VW(RB), .BW(ABW), .PW(APW), .YW(AS), .SIDE(INFO + 1), .SOFT(RSOFT), .DEPTH(ADEPTH),
                .FILE({MEM, "affine.hex"})) u_affine (
      .clk(clk), .rst(rst), .s_valid(r_valid), .s_data(r_data), .s_addr(r_addr_q), .s_shift(ASHIFT), .s_lo(S_LO),
      .s_hi(S_HI), .s_side({r_info, r_last}), .m_valid(s_valid), .m_data(s_data),
      .m_side({s_info, s_last}));
  hwg_pixel_pack #(.Q(Q), .LANES(F), .LW(AS), .SIDE(INFO)) u_pixel (
      .clk(clk), .rst(rst), .s_valid(s_valid), .s_last(s_last), .s_data(s_data), .s_side(s_info),
      .m_valid(probe_valid), .m_data(probe_data), .m_side(p_info));

  wire [INFO-1:0] w_info, c_info;
  hwg_slicer #(.LANES(F), .WL(IE), .WORDS(CF), .LW(AS), .SIDE(INFO)) u_words (
      .clk(clk), .rst(rst), .s_valid(probe_valid), .s_data(probe_data), .s_side(p_info), .m_valid(word_valid),
      .m_first(word_first), .m_last(word_last), .m_data(word_data), .m_side(w_info));
  hwg_slicer #(.LANES(F), .WL(CI), .WORDS(CFC), .LW(AS), .SIDE(INFO)) u_class_words (
      .clk(clk), .rst(rst), .s_valid(probe_valid && p_info[3]), .s_data(probe_data), .s_side(p_info),
      .m_valid(class_valid), .m_first(class_first), .m_last(class_last), .m_data(class_data), .m_side(c_info));
  assign word_l         = w_info[8:6];
  assign word_map_first = w_info[4];
  assign word_to_stream = w_info[2];
  assign word_it_last   = w_info[1];
  assign frame_last     = word_valid && word_last && w_info[0];
  wire unused_info = &{1'b0, w_info, c_info};
endmodule
`default_nettype wire
