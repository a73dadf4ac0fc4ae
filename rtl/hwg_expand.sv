// SPDX-License-Identifier: Apache-2.0
// Expand unit: all convolutions that see whole input vectors, those of the data block and the 1x1 expand of the loop.
//
//   operand slots -> [ OE x IE array ] -> drain, Q lanes a beat -> requant -+-> gear -> ring words (loop)
//                                                                           +-> pixel -> words (data block)
//
// A job is one output pixel; a table gives its groups, words, digits, period and constants per kind of layer:
// entries 0...J-1 are the data-block layers, entry J + (set*L + l)*K + k is block k at scale l of a weight set.
// latency   see the schedule in the header of the emitted top; reset drops all jobs
`default_nettype none
module hwg_expand #(
    parameter integer L = 3,
    parameter integer K = 1,
    parameter integer J = 5,
    parameter integer X = 8,              // table entries
    parameter integer OE = 4,
    parameter integer IE = 51,
    parameter integer Q  = 4,
    parameter integer EA = 9,
    parameter integer WW = 8,
    parameter integer PAIRS = 0,          // 1: rows share multipliers in twos
    parameter integer SOFT = 0,           // 1: products of adders in LUTs
    parameter integer RSOFT = 0,          // the same for requantisation
    parameter integer ACCW = 24,
    parameter integer DIGITS = 0,
    parameter integer DEPTH = 16,
    parameter integer RDEPTH = 16,
    parameter integer BW = 32,
    parameter integer PW = 42,
    parameter integer YB = 8,             // bits of a result
    parameter [X*16-1:0] GROUPS = '0,     // less one
    parameter [X*16-1:0] PERIOD = '0,     // less one
    parameter [X*16-1:0] WORDS = '0,      // words of all digits, less one
    parameter [X*16-1:0] DIGIT = '0,      // words of one digit, less one
    parameter [X*24-1:0] WBASE = '0,
    parameter [X*24-1:0] RBASE = '0,
    parameter [X*5-1:0] SHIFT = '0,
    parameter [X*(YB+1)-1:0] LO = '0,
    parameter [X*(YB+1)-1:0] HI = '0,
    parameter [64*6-1:0] SET_OF = '0,
    parameter integer SLOTS = 2,
    parameter integer SLOT = 9,
    parameter integer D = 18,             // lanes of a ring word
    parameter integer LCM = 36,
    parameter integer IW = 8,
    parameter integer F = 51,
    parameter integer CF = 1,
    parameter integer STREAM = 0,
    parameter         MEM = "mem/",
    parameter integer UAW = $clog2(SLOTS * SLOT)
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
    input  wire [IE*EA-1:0]   u_data,
    // ring of the depthwise unit
    input  wire               ring_space,
    output wire               ring_start,
    output wire               ring_valid,
    output wire [IW-1:0]      ring_index,
    output wire [D*YB-1:0]    ring_data,
    output wire               ring_done,
    // words of a data-block pixel
    input  wire               fb_space,
    output wire               fb_start,
    output wire               word_valid,
    output wire               word_last,
    output wire [J-1:0]       word_layer,   // one bit for each
    output wire [IE*YB-1:0]   word_data,
    // for observers: a data-block pixel; the first slot of an iteration
    output wire               probe_valid,
    output wire [2:0]         probe_layer,
    output wire [F*YB-1:0]    probe_data,
    output reg                probe_start
);
  localparam integer XW = $clog2(X + 1);
  localparam integer RAW = (RDEPTH > 1) ? $clog2(RDEPTH) : 1;
  localparam integer DW  = (DEPTH > 1) ? $clog2(DEPTH) : 1;
  localparam integer SW  = $clog2(SLOTS + 1);
  localparam integer PIW = (SLOTS > 1) ? $clog2(SLOTS) : 1;

  // Queue of job descriptions, one per operand slot.
  wire [5:0]     in_set;
  wire [XW-1:0]  in_sets, in_scales;
  wire [23:0]    in_wbase, in_rbase;
  wire [15:0]    digit_end;
  // The description is taken a cycle late: it has a long way behind it.
  reg            described_q, in_is_data, in_first;
  reg  [2:0]     in_layer, in_l, in_k;
  reg  [5:0]     in_n;
  always @(posedge clk) begin
    described_q <= !rst && job_start;
    {in_is_data, in_layer, in_l, in_k, in_n, in_first} <= {job_is_data, job_layer, job_l, job_k, job_n, job_first};
  end
  hwg_select #(.N(64), .W(6)) u_set (.index(in_n), .entries(SET_OF), .entry(in_set));
  hwg_scale #(.FACTOR(L * K), .IW(6), .OW(XW)) u_sets (.x(in_set), .y(in_sets));
  hwg_scale #(.FACTOR(K), .IW(3), .OW(XW)) u_scales (.x(in_l), .y(in_scales));
  wire [XW-1:0]  in_x = in_is_data ? XW'(in_layer) : XW'(J) + in_sets + in_scales + XW'(in_k);
  hwg_select #(.N(X), .W(24), .IW(XW)) u_wbase (.index(in_x), .entries(WBASE), .entry(in_wbase));
  hwg_select #(.N(X), .W(24), .IW(XW)) u_rbase (.index(in_x), .entries(RBASE), .entry(in_rbase));
  wire unused_bases = &{1'b0, in_wbase, in_rbase, digit_end};
  reg  [PIW-1:0] in_q, out_q, next_q;
  reg  [SW-1:0]  full_q;
  reg            filled_q;              // a slot is full
  // The oldest job in registers: a job is described cycles before its slot is full.
  localparam integer JOB = XW + DW + RAW + 3;
  wire           in_data = in_x < XW'(J);
  wire           start;
  reg  [JOB-1:0] queue [0:SLOTS-1];
  reg  [JOB-1:0] job_q;
  wire [XW-1:0]  x;
  wire [DW-1:0]  job_w;
  wire [RAW-1:0] job_r;
  wire           is_data, to_stream, opens;
  assign {x, job_w, job_r, is_data, to_stream, opens} = job_q;
  always @(posedge clk) job_q <= start ? queue[next_q] : queue[out_q];

  wire [15:0] count, groups, period, words;
  hwg_select #(.N(X), .W(16), .IW(XW)) u_groups (.index(x), .entries(GROUPS), .entry(groups));
  hwg_select #(.N(X), .W(16), .IW(XW)) u_period (.index(x), .entries(PERIOD), .entry(period));
  hwg_select #(.N(X), .W(16), .IW(XW)) u_lead (.index(x), .entries(WORDS), .entry(words));
  wire free, ending, valid, first_word, last_word, first_group, last_group;
  assign start = free && filled_q && (is_data ? (!to_stream || fb_space) : ring_space);
  assign ring_start = start && !is_data;
  assign fb_start   = start && to_stream;
  assign slot_free  = ending;

  reg [XW-1:0]  x_q;
  hwg_select #(.N(X), .W(16), .IW(XW)) u_digit (.index(x_q), .entries(DIGIT), .entry(digit_end));
  reg [DW-1:0]  waddr_q;
  reg [RAW-1:0] rbase_q;
  reg [UAW-1:0] u_base_q, u_word_q;
  always @(posedge clk) begin
    if (described_q)
      queue[in_q] <= {in_x, DW'(in_wbase), RAW'(in_rbase), in_data, STREAM != 0 && in_x == XW'(2),
                      in_first && !in_is_data};
    if (rst) begin
      in_q   <= '0;
      out_q  <= '0;
      next_q <= PIW'(SLOTS > 1);
      full_q <= '0;
      filled_q <= 1'b0;
      u_base_q <= '0;
    end else begin
      if (described_q) in_q <= (in_q == PIW'(SLOTS - 1)) ? '0 : in_q + 1'b1;
      if (start) begin
        out_q  <= next_q;
        next_q <= (next_q == PIW'(SLOTS - 1)) ? '0 : next_q + 1'b1;
      end
      if (job_done && !start) begin
        full_q   <= full_q + 1'b1;
        filled_q <= 1'b1;
      end else if (start && !job_done) begin
        full_q   <= full_q - 1'b1;
        filled_q <= full_q != SW'(1);
      end
      if (ending) u_base_q <= (u_base_q == UAW'((SLOTS - 1) * SLOT)) ? '0 : u_base_q + UAW'(SLOT);
    end
    probe_start <= !rst && start && opens;
    if (start) begin
      x_q      <= x;
      waddr_q  <= job_w;
      rbase_q  <= job_r;
      u_word_q <= '0;
    end else if (valid) begin
      waddr_q  <= waddr_q + 1'b1;
      u_word_q <= (u_word_q == UAW'(digit_end)) ? '0 : u_word_q + 1'b1;
    end
  end

  hwg_issue #(.GW(16), .TW(16)) u_issue (
      .clk(clk), .rst(rst), .start(start), .groups(groups), .period(period), .words(words),
      .free(free), .ending(ending), .valid(valid), .count(count), .first_word(first_word),
      .last_word(last_word), .first_group(first_group), .last_group(last_group));
  assign u_re   = valid;
  assign u_addr = u_base_q + u_word_q;

  localparam integer SIDE = XW + RAW + 2;
  wire               a_valid, d_valid, d_first, d_last;
  wire [OE*ACCW-1:0] a_data;
  localparam integer DSIDE = XW + 2;
  wire [SIDE-1:0]    a_side;
  wire [XW-1:0]      a_x;
  wire [RAW-1:0]     a_rbase;
  wire               a_first_group, a_last_group;
  wire [DSIDE-1:0]   d_side;
  wire [Q*ACCW-1:0]  d_data;
  hwg_mac_array #(.ROWS(OE), .LANES(IE), .AW(EA), .WW(WW), .ACCW(ACCW), .DIGITS(DIGITS), .PAIRS(PAIRS),
                  .SOFT(SOFT), .DEPTH(DEPTH), .SIDE(SIDE),
                  .FILE({MEM, "expand.hex"})) u_array (
      .clk(clk), .rst(rst), .s_valid(valid), .s_addr(waddr_q), .s_first(first_word), .s_digit(u_word_q == '0),
      .s_last(last_word), .s_side({x_q, rbase_q, first_group, last_group}), .s_data(u_data),
      .m_valid(a_valid), .m_data(a_data), .m_side(a_side));
  hwg_drain #(.ROWS(OE), .Q(Q), .VW(ACCW), .SIDE(DSIDE)) u_drain (
      .clk(clk), .rst(rst), .s_valid(a_valid), .s_data(a_data), .s_side({a_x, a_first_group, a_last_group}),
      .m_valid(d_valid), .m_data(d_data), .m_first(d_first), .m_last(d_last), .m_side(d_side));

  wire [XW-1:0]  d_x;
  wire           d_first_group, d_last_group;
  assign {a_x, a_rbase, a_first_group, a_last_group} = a_side;
  assign {d_x, d_first_group, d_last_group} = d_side;
  wire pixel_first = d_first && d_first_group;
  wire pixel_last  = d_last && d_last_group;
  // Address of the constants, known with the beat: a pixel's first group sets it.
  reg  [RAW-1:0] raddr_q;
  always @(posedge clk)
    if (a_valid && a_first_group) raddr_q <= a_rbase;
    else if (d_valid) raddr_q <= raddr_q + 1'b1;

  wire            y_valid, y_first, y_last;
  wire [2:0]      y_layer;
  wire [2:0]      d_layer = 3'(d_x);  // of the data block
  wire            unused_ring, unused_pixel;
  wire [Q*YB-1:0] y_data;
  wire signed [YB:0] lo, hi;
  wire [4:0]      shift;
  hwg_select #(.N(X), .W(YB + 1), .IW(XW)) u_lo (.index(d_x), .entries(LO), .entry(lo));
  hwg_select #(.N(X), .W(YB + 1), .IW(XW)) u_hi (.index(d_x), .entries(HI), .entry(hi));
  hwg_select #(.N(X), .W(5), .IW(XW)) u_shift (.index(d_x), .entries(SHIFT), .entry(shift));
  hwg_requant #(.LANES(Q), .VW(ACCW), .BW(BW), .PW(PW), .YW(YB), .SIDE(5), .SOFT(RSOFT), .DEPTH(RDEPTH),
                .FILE({MEM, "expand_requant.hex"})) u_requant (
      .clk(clk), .rst(rst), .s_valid(d_valid), .s_data(d_data), .s_addr(raddr_q), .s_shift(shift),
      .s_lo(lo), .s_hi(hi),
      .s_side({d_layer, pixel_first, pixel_last}), .m_valid(y_valid), .m_data(y_data), .m_side({y_layer, y_first, y_last}));
  // Where the beat goes is known before: the gear is far from the array.
  wire d_is_data = d_x < XW'(J);
  wire y_to_ring, y_to_pixel;
  hwg_delay #(.STAGES(6), .WIDTH(1)) u_to_ring (
      .clk(clk), .rst(rst), .s_valid(d_valid && !d_is_data), .s_data(1'b0), .m_valid(y_to_ring), .m_data(unused_ring));
  hwg_delay #(.STAGES(6), .WIDTH(1)) u_to_pixel (
      .clk(clk), .rst(rst), .s_valid(d_valid && d_is_data), .s_data(1'b0), .m_valid(y_to_pixel), .m_data(unused_pixel));
  hwg_gear #(.QI(Q), .QO(D), .LW(YB), .LCM(LCM), .IW(IW)) u_gear (
      .clk(clk), .rst(rst), .s_valid(y_to_ring), .s_first(y_first), .s_last(y_last), .s_data(y_data),
      .m_valid(ring_valid), .m_index(ring_index), .m_data(ring_data), .m_done(ring_done));

  hwg_pixel_pack #(.Q(Q), .LANES(F), .LW(YB), .SIDE(3)) u_pixel (
      .clk(clk), .rst(rst), .s_valid(y_to_pixel), .s_last(y_last), .s_data(y_data),
      .s_side(y_layer), .m_valid(probe_valid), .m_data(probe_data), .m_side(probe_layer));
  wire word_first;
  hwg_slicer #(.LANES(F), .WL(IE), .WORDS(CF), .LW(YB), .SIDE(J)) u_words (
      .clk(clk), .rst(rst), .s_valid(probe_valid), .s_data(probe_data), .s_side(J'(1) << probe_layer), .m_valid(word_valid),
      .m_first(word_first), .m_last(word_last), .m_data(word_data), .m_side(word_layer));
  wire unused = &{1'b0, word_first, count, y_valid, unused_ring, unused_pixel};
endmodule
`default_nettype wire
