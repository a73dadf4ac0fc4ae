// SPDX-License-Identifier: Apache-2.0
// Depthwise unit: 3x3 convolution of D channels at a time, one tap a cycle, over a ring of pixel vectors, whose memory is
// outside.
//
//   ring words -> [ ring memory ] -> D multipliers, D accumulators (9 taps) -> drain, Q lanes -> requant -> gear -> v
//
// A pixel takes 9 cycles for each of its ceil(e/D) groups. Table entries: block k at scale l is l*K + k.
// latency   issue of tap 8 at cycle i -> drain beat 0 at cycle i+8; reset drops all jobs
// limits    D/Q <= 9
`default_nettype none
module hwg_depthwise #(
    parameter integer L = 3,
    parameter integer K = 1,
    parameter integer N = 16,
    parameter [L*13-1:0] MAP_W = '0,
    parameter [L*13-1:0] MAP_H = '0,
    parameter integer SETS = 1,
    parameter integer RING_SLOTS = 128,
    parameter integer RING_SLOT = 34,
    parameter integer RAW = $clog2(RING_SLOTS * RING_SLOT),
    parameter [L*9*RAW-1:0] RING_DELTA = '0,
    parameter integer D = 18,
    parameter integer Q = 2,
    parameter integer AX = 8,             // bits of an expand output
    parameter integer AY = 8,             // bits of a depthwise output
    parameter integer WW = 8,
    parameter integer SOFT = 0,           // 1: products of adders in LUTs
    parameter integer RSOFT = 0,          // the same for requantisation
    parameter integer ACCW = 21,
    parameter integer DEPTH = 16,
    parameter integer RDEPTH = 16,
    parameter integer BW = 32,
    parameter integer PW = 40,
    parameter [L*K*16-1:0] GROUPS = '0,   // less one
    parameter [L*K*24-1:0] WBASE = '0,
    parameter [L*K*24-1:0] RBASE = '0,
    parameter [SETS*24-1:0] SET_WBASE = '0,
    parameter [SETS*24-1:0] SET_RBASE = '0,
    parameter [64*6-1:0] SET_OF = '0,
    parameter [SETS*L*K*5-1:0] SHIFT = '0,
    parameter [SETS*L*K*(AY+1)-1:0] HI = '0,
    parameter integer V = 2,              // lanes of an output word
    parameter integer LCM = 2,
    parameter integer IW = 8,
    parameter integer VW = 8,
    parameter         MEM = "mem/"
) (
    input  wire            clk,
    input  wire            rst,
    input  wire            load,
    input  wire [63:0]     mask,
    // ring, written by the expand unit
    output wire            ring_space,
    input  wire            ring_start,
    input  wire            ring_valid,
    input  wire [IW-1:0]   ring_index,
    input  wire [D*AX-1:0] ring_data,
    input  wire            ring_done,
    // its memory
    output reg             mem_we,
    output reg  [RAW-1:0]  mem_waddr,
    output reg  [D*AX-1:0] mem_wdata,
    output wire            mem_re,
    output wire [RAW-1:0]  mem_raddr,
    input  wire [D*AX-1:0] mem_rdata,     // two cycles after the address
    // vector memory of the project unit
    input  wire            v_space,
    output wire            v_start,
    output wire            v_valid,
    output wire [VW-1:0]   v_index,
    output wire [V*AY-1:0] v_data,
    output wire            v_done
);
  localparam integer DW = (DEPTH > 1) ? $clog2(DEPTH) : 1;
  localparam integer QW = (RDEPTH > 1) ? $clog2(RDEPTH) : 1;
  localparam integer XW = $clog2(SETS * L * K + 1);

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
  wire        ready, start, first_pixel, last_of_n, done, in_map;
  wire [5:0]  n;
  wire [2:0]  l, k;
  wire [15:0] count;
  wire        free, ending, valid, first_word, last_word, first_group, last_group;
  reg  [IW-1:0] group_q;
  hwg_window #(.L(L), .K(K), .N(N), .MAP_W(MAP_W), .MAP_H(MAP_H), .SLOTS(RING_SLOTS), .SLOT(RING_SLOT), .WORDW(IW),
               .AW(RAW), .DELTA(RING_DELTA)) u_window (
      .clk(clk), .rst(rst), .load(load), .mask(mask), .w_start(ring_start), .w_done(ring_done), .space(ring_space),
      .ready(ready), .start(start), .n(n), .l(l), .k(k), .first_pixel(first_pixel), .last_of_n(last_of_n), .done(done),
      .tap_re(valid), .tap(count[3:0]), .tap_ends(valid), .word(group_q), .addr_re(mem_re), .addr(mem_raddr),
      .in_map(in_map));
  wire unused_window = &{1'b0, first_pixel, last_of_n, done, ending, count[15:4]};
  assign start   = free && ready && v_space;
  assign v_start = start;

  // A window is not looked at in the cycle after its last word: writes wait a cycle.
  always @(posedge clk) begin
    mem_we    <= !rst && ring_valid;
    mem_waddr <= ring_base + RAW'(ring_index);
    mem_wdata <= ring_data;
  end

  // Job.
  // Of the weight set, scale and block: what a job begins with. Between two jobs there are nine cycles.
  wire [5:0]    set, lks;
  wire [15:0]   groups;
  wire [23:0]   wbase, rbase, set_wbase, set_rbase;
  wire [XW-1:0] sets;
  reg  [5:0]    set_q, lk_q;
  reg  [15:0]   groups_q;
  reg  [DW-1:0] waddr_of_q;
  reg  [QW-1:0] rbase_of_q;
  reg  [XW-1:0] x_of_q;
  hwg_select #(.N(64), .W(6)) u_set (.index(n), .entries(SET_OF), .entry(set));
  hwg_scale #(.FACTOR(K), .IW(3), .OW(6)) u_lk (.x(l), .y(lks));
  hwg_select #(.N(L * K), .W(16), .IW(6)) u_groups (.index(lk_q), .entries(GROUPS), .entry(groups));
  hwg_select #(.N(L * K), .W(24), .IW(6)) u_wbase (.index(lk_q), .entries(WBASE), .entry(wbase));
  hwg_select #(.N(L * K), .W(24), .IW(6)) u_rbase (.index(lk_q), .entries(RBASE), .entry(rbase));
  hwg_select #(.N(SETS), .W(24), .IW(6)) u_set_wbase (.index(set_q), .entries(SET_WBASE), .entry(set_wbase));
  hwg_select #(.N(SETS), .W(24), .IW(6)) u_set_rbase (.index(set_q), .entries(SET_RBASE), .entry(set_rbase));
  hwg_scale #(.FACTOR(L * K), .IW(6), .OW(XW)) u_sets (.x(set_q), .y(sets));
  always @(posedge clk) begin
    set_q      <= set;
    lk_q       <= lks + 6'(k);
    groups_q   <= groups;
    waddr_of_q <= DW'(wbase + set_wbase);
    rbase_of_q <= QW'(rbase + set_rbase);
    x_of_q     <= sets + XW'(lk_q);
  end
  hwg_issue #(.GW(16), .TW(16)) u_issue (
      .clk(clk), .rst(rst), .start(start), .groups(groups_q), .period(16'd8), .words(16'd8), .free(free),
      .ending(ending), .valid(valid), .count(count), .first_word(first_word), .last_word(last_word),
      .first_group(first_group), .last_group(last_group));
  reg [DW-1:0] waddr_q, waddr1_q;
  reg [QW-1:0] rbase_q;
  reg [XW-1:0] x_q;
  always @(posedge clk) begin
    if (start) begin
      waddr_q <= waddr_of_q;
      rbase_q <= rbase_of_q;
      x_q     <= x_of_q;
      group_q <= '0;
    end else if (valid) begin
      waddr_q <= waddr_q + 1'b1;
      if (last_word) group_q <= group_q + 1'b1;
    end
    waddr1_q <= waddr_q;
  end

  // Array: address at i+1, data at i+3, registered at i+4, operands at i+5, products at i+6, accumulators at i+7.
  wire [D*WW-1:0] weights;
  hwg_rom #(.WIDTH(D * WW), .DEPTH(DEPTH), .FILE({MEM, "depthwise.hex"})) u_weights (
      .clk(clk), .re(mem_re), .raddr(waddr1_q), .rdata(weights));
  localparam integer SIDE = XW + QW + 2;
  wire            op_load, op_in_map, op_en, op_first, op_last, acc_valid;
  wire [SIDE-1:0] op_side, acc_side;
  wire [XW-1:0]   acc_x;
  wire [QW-1:0]   acc_rbase;
  wire            acc_first_group, acc_last_group;
  assign {acc_x, acc_rbase, acc_first_group, acc_last_group} = acc_side;
  hwg_delay #(.STAGES(2), .WIDTH(1)) u_mask (
      .clk(clk), .rst(rst), .s_valid(mem_re), .s_data(in_map), .m_valid(op_load), .m_data(op_in_map));
  hwg_delay #(.STAGES(6), .WIDTH(2 + SIDE)) u_control (
      .clk(clk), .rst(rst), .s_valid(valid), .s_data({first_word, last_word, x_q, rbase_q, first_group, last_group}),
      .m_valid(op_en), .m_data({op_first, op_last, op_side}));
  hwg_delay #(.STAGES(1), .WIDTH(SIDE)) u_last (
      .clk(clk), .rst(rst), .s_valid(op_en && op_last), .s_data(op_side), .m_valid(acc_valid), .m_data(acc_side));

  // What the memories give is registered once more: a deep ring chooses among its blocks behind their output registers.
  reg [D*AX-1:0] tap_q;
  reg [D*WW-1:0] weight_q;
  always @(posedge clk) begin
    tap_q    <= op_in_map ? mem_rdata : '0;
    weight_q <= weights;
  end

  reg [D*ACCW-1:0] acc_q;
  genvar i;
  generate
    for (i = 0; i < D; i = i + 1) begin : gen_lane
      wire [AX+WW:0] product;
      wire signed [AX+WW-1:0] term = product[AX+WW-1:0];
      hwg_registered_product #(.AW(AX + 1), .WW(WW), .SOFT(SOFT)) u_product (
          .clk(clk), .a({1'b0, tap_q[i*AX +: AX]}), .w(weight_q[i*WW +: WW]), .y(product));
      wire unused_product = product[AX+WW];  // another sign bit
      always @(posedge clk)
        if (op_en) acc_q[i*ACCW +: ACCW] <= (op_first ? '0 : $signed(acc_q[i*ACCW +: ACCW])) + ACCW'(term);
    end
  endgenerate
  wire unused = &{1'b0, op_load};

  // Drain, requantise, pack.
  wire            d_valid, d_first, d_last, y_valid, y_first, y_last;
  wire [Q*ACCW-1:0] d_data;
  wire [XW+1:0]   d_side;
  wire [XW-1:0]   d_x;
  wire            d_first_group, d_last_group;
  hwg_drain #(.ROWS(D), .Q(Q), .VW(ACCW), .SIDE(XW + 2)) u_drain (
      .clk(clk), .rst(rst), .s_valid(acc_valid), .s_data(acc_q), .s_side({acc_x, acc_first_group, acc_last_group}),
      .m_valid(d_valid), .m_data(d_data), .m_first(d_first), .m_last(d_last), .m_side(d_side));
  assign {d_x, d_first_group, d_last_group} = d_side;
  wire pixel_first = d_first && d_first_group;
  wire pixel_last  = d_last && d_last_group;
  // Address of the constants, known with the beat: a pixel's first group sets it.
  reg  [QW-1:0] raddr_q;
  always @(posedge clk)
    if (acc_valid && acc_first_group) raddr_q <= acc_rbase;
    else if (d_valid) raddr_q <= raddr_q + 1'b1;

  wire signed [AY:0] hi;
  wire [4:0] shift;
  hwg_select #(.N(SETS * L * K), .W(AY + 1), .IW(XW)) u_hi (.index(d_x), .entries(HI), .entry(hi));
  hwg_select #(.N(SETS * L * K), .W(5), .IW(XW)) u_shift (.index(d_x), .entries(SHIFT), .entry(shift));
  wire [Q*AY-1:0] y_data;
  hwg_requant #(.LANES(Q), .VW(ACCW), .BW(BW), .PW(PW), .YW(AY), .SIDE(2), .SOFT(RSOFT), .DEPTH(RDEPTH),
                .FILE({MEM, "depthwise_requant.hex"})) u_requant (
      .clk(clk), .rst(rst), .s_valid(d_valid), .s_data(d_data), .s_addr(raddr_q), .s_shift(shift),
      .s_lo({(AY+1){1'b0}}), .s_hi(hi), .s_side({pixel_first, pixel_last}), .m_valid(y_valid),
      .m_data(y_data), .m_side({y_first, y_last}));
  hwg_gear #(.QI(Q), .QO(V), .LW(AY), .LCM(LCM), .IW(VW)) u_gear (
      .clk(clk), .rst(rst), .s_valid(y_valid), .s_first(y_first), .s_last(y_last), .s_data(y_data),
      .m_valid(v_valid), .m_index(v_index), .m_data(v_data), .m_done(v_done));
endmodule
`default_nettype wire
