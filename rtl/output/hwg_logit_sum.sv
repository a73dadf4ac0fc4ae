// SPDX-License-Identifier: Apache-2.0
// Brings the logits of all scales to scale 0 and adds them: T = sum over l of up2^l(head_l), every up2 rounding once.
//
//   logit memory (scale 0...L-1) --+--> up2, all classes at once --> U memory (maps on their way up)     phase A
//   U memory ----------------------+--> up2, sum -----------------> T rows (ring of ROWS), margin sum    phase B
//
// Phase A up-samples map (s, k), the logits of scale k brought to scale s, for s = L-1 ... 2 and k = s ... L-1.
// Phase B makes rows of T as the ring has room: a pixel takes 1 + 4(L-1) reads.
// latency   a pixel of T is in the ring seven cycles after its last read; reset drops everything
`default_nettype none
module hwg_logit_sum #(
    parameter integer L = 3,
    parameter [L*13-1:0] MAP_W = {L{13'd8}},
    parameter [L*13-1:0] MAP_H = {L{13'd8}},
    parameter [L*24-1:0] LOGIT_BASE = '0,
    parameter [L*L*24-1:0] U_BASE = '0,   // of map (s, k) at index s*L + k
    parameter integer LOGIT_WORDS = 16,
    parameter integer U_WORDS = 1,
    parameter integer C = 11,
    parameter integer LB = 12,
    parameter integer TB = 14,
    parameter integer ROWS = 4,
    parameter integer MARGIN_SHIFT = 0,
    parameter integer GAW = (LOGIT_WORDS > 1) ? $clog2(LOGIT_WORDS) : 1,
    parameter integer W0 = 32'(MAP_W[12:0]),
    parameter integer MAPS_LUT_DEPTH = 32,  // memories of up to so many words are LUT RAM
    parameter integer SUMS_LUT_DEPTH = 32,
    parameter integer TAW = $clog2(ROWS * W0)
) (
    input  wire            clk,
    input  wire            rst,
    // from the classification unit
    input  wire            output_issued,
    input  wire            output_done,
    input  wire            logit_valid,
    input  wire [GAW-1:0]  logit_addr,
    input  wire [C*LB-1:0] logit_data,
    output wire            blocked,
    output reg  [25:0]     fine_free,
    output reg             coarse_free,
    // T rows, read by the up-sampler
    output reg             row_done,
    input  wire [2:0]      rows_freed,
    input  wire            t_re,
    input  wire [TAW-1:0]  t_addr,
    output wire [C*TB-1:0] t_data,
    // margin (best - second best, summed) of each output
    output wire            margin_valid,
    output wire [31:0]     margin,
    // for observers
    output wire            probe_valid,
    output wire [C*TB-1:0] probe_data
);
  localparam integer UAW = (U_WORDS > 1) ? $clog2(U_WORDS) : 1;
  localparam integer H0 = 32'(MAP_H[12:0]);
  localparam integer PIXELS0 = W0 * H0;

  // ---------------------------------------------------------------- which outputs are there
  reg  [3:0] issued_q, complete_q;  // outputs issued, complete, and not yet begun here
  reg        waiting_q;             // one is complete
  wire       begin_output;
  assign blocked = issued_q != '0;

  // ---------------------------------------------------------------- sequence of reads
  reg        busy_q, sum_q;         // at work; in phase B
  reg [2:0]  s_q, k_q;              // map that is read (phase A); term k (phase B, 0: the logits of scale 0)
  reg [1:0]  tap_q;
  localparam integer XW  = $clog2(W0 + 1);
  localparam integer YW  = $clog2(H0 + 1);
  localparam integer PXW = $clog2(PIXELS0 + 1);
  reg [XW-1:0]  x_q;
  reg [YW-1:0]  y_q;
  reg [XW-1:0]  near_x_q, side_x_q;  // columns of the coarser map
  reg [PXW-1:0] near_q, other_q;     // row offsets in the coarser map
  reg [2:0]     rows_q;              // T rows made and not freed
  reg [PXW-1:0] pixel_q;

  wire [2:0]  fine_s   = sum_q ? 3'd0 : s_q - 3'd1;
  wire [2:0]  coarse_s = (L == 1) ? 3'd0 : fine_s + 3'd1;
  wire [12:0] fw, fh, cw, ch;
  hwg_select #(.N(L), .W(13), .IW(3)) u_fine_width (.index(fine_s), .entries(MAP_W), .entry(fw));
  hwg_select #(.N(L), .W(13), .IW(3)) u_fine_height (.index(fine_s), .entries(MAP_H), .entry(fh));
  hwg_select #(.N(L), .W(13), .IW(3)) u_coarse_width (.index(coarse_s), .entries(MAP_W), .entry(cw));
  hwg_select #(.N(L), .W(13), .IW(3)) u_coarse_height (.index(coarse_s), .entries(MAP_H), .entry(ch));
  // Sizes of the two maps, a cycle late: the pixels of several scales take more than one.
  reg [XW-1:0] right_q, coarse_w_q;
  reg [YW-1:0] bottom_q, coarse_h_q;
  always @(posedge clk) begin
    right_q    <= XW'(fw) - 1'b1;
    bottom_q   <= YW'(fh) - 1'b1;
    coarse_w_q <= XW'(cw);
    coarse_h_q <= YW'(ch);
  end
  wire unused_sizes = &{1'b0, fw, fh, cw, ch};  // upper bits
  wire last_term = k_q == 3'(L - 1);
  reg  single;                                  // in phase B with k 0: the logits of scale 0 need one read
  wire last_tap  = single || tap_q == 2'd3;
  // Where the pixel and the map end is known ahead: reads of the pixel after this one, none of them, the last column and
  // row (a cycle late, unless a pixel takes but one read).
  localparam [4:0] READS = 5'(4 * (L - 1));    // of a pixel of T, after its first
  reg  [4:0] reads_q;
  reg        pixel_end, first_x_q, rows_full_q, last_x_q, last_pixel_q;
  wire       at_right   = x_q == right_q;
  wire       at_corner  = at_right && y_q == bottom_q;
  wire       last_x     = (L == 1) ? at_right : last_x_q;
  wire       last_pixel = (L == 1) ? at_corner : last_pixel_q;
  always @(posedge clk) {last_x_q, last_pixel_q} <= {at_right, at_corner};
  wire to_sum = last_term && s_q == 3'd2;       // phase B is next
  wire row_waits = single && first_x_q && rows_full_q;
  wire issue     = busy_q && !row_waits;
  wire map_end   = issue && pixel_end && last_pixel;
  wire output_end = map_end && sum_q;
  assign begin_output = waiting_q && (!busy_q || output_end);

  wire        row_begins = issue && single && first_x_q;
  wire [2:0]  rows = rows_q + 3'(row_begins) - rows_freed;
  wire        next_odd = !y_q[0];               // parity of the next row
  wire        has_next = YW'(y_q >> 1) + 1'b1 < coarse_h_q;  // a coarse row below the near one

  always @(posedge clk) begin
    if (rst) begin
      busy_q      <= 1'b0;
      issued_q    <= '0;
      complete_q  <= '0;
      waiting_q   <= 1'b0;
      rows_q      <= '0;
      fine_free   <= 26'(PIXELS0);
      coarse_free <= 1'b1;
    end else begin
      issued_q   <= issued_q + 4'(output_issued) - 4'(begin_output);
      if (output_done && !begin_output) begin
        complete_q <= complete_q + 1'b1;
        waiting_q  <= 1'b1;
      end else if (begin_output && !output_done) begin
        complete_q <= complete_q - 1'b1;
        waiting_q  <= complete_q != 4'd1;
      end
      if (begin_output) busy_q <= 1'b1;
      else if (output_end) busy_q <= 1'b0;
      if (begin_output) begin
        fine_free   <= '0;
        coarse_free <= 1'b0;
      end else begin
        if (issue && sum_q && pixel_end) fine_free <= 26'(pixel_q) + 26'd1;
        if (output_end) coarse_free <= 1'b1;
      end
      rows_q      <= rows;
    end
    rows_full_q <= !rst && rows == 3'(ROWS);
    if (rst || output_end) begin  // what the next output begins with
      sum_q <= L <= 2;
      s_q   <= 3'(L - 1);
      k_q   <= (L <= 2) ? 3'd0 : 3'(L - 1);
      {tap_q, x_q, y_q, near_x_q, side_x_q, near_q, other_q, pixel_q} <= '0;
      first_x_q <= 1'b1;
      reads_q   <= (L <= 2) ? READS : 5'd3;
      pixel_end <= L == 1;
      single    <= L <= 2;
    end else if (issue) begin
      if (last_tap && sum_q) single <= last_term;
      else if (map_end) single <= to_sum;
      reads_q   <= !pixel_end ? reads_q - 1'b1 : (sum_q || (map_end && to_sum)) ? READS : 5'd3;
      pixel_end <= (L == 1) || (!pixel_end && reads_q == 5'd1);
      if (pixel_end) first_x_q <= last_x;
      tap_q <= last_tap ? 2'd0 : tap_q + 1'b1;
      if (sum_q && last_tap) k_q <= last_term ? 3'd0 : k_q + 1'b1;
      if (pixel_end) begin
        pixel_q <= pixel_q + 1'b1;
        x_q     <= last_x ? '0 : x_q + 1'b1;
        if (last_x) {near_x_q, side_x_q} <= '0;
        else if (x_q[0]) begin
          near_x_q <= near_x_q + 1'b1;
          side_x_q <= near_x_q;
        end else side_x_q <= (near_x_q + 1'b1 < coarse_w_q) ? near_x_q + 1'b1 : near_x_q;
        if (last_x) begin
          y_q <= y_q + 1'b1;
          if (next_odd) other_q <= has_next ? near_q + PXW'(coarse_w_q) : near_q;
          else begin
            near_q  <= near_q + PXW'(coarse_w_q);
            other_q <= near_q;
          end
        end
      end
      if (map_end && !sum_q) begin
        // next map of phase A: the next k of this scale, then the next finer scale, then phase B
        {x_q, y_q, near_x_q, side_x_q, near_q, other_q, pixel_q} <= '0;
        if (!last_term) k_q <= k_q + 1'b1;
        else begin
          s_q   <= s_q - 3'd1;
          sum_q <= to_sum;
          k_q   <= (s_q == 3'd2) ? 3'd0 : s_q - 3'd1;
        end
      end
    end
  end

  // ---------------------------------------------------------------- addresses (registered), memories
  wire [XW-1:0]  column = tap_q[0] ? side_x_q : near_x_q;
  wire [PXW-1:0] tap_at = (tap_q[1] ? other_q : near_q) + PXW'(column);
  wire [PXW-1:0] place  = single ? pixel_q : tap_at;
  wire [23:0]    offset = 24'(place);
  wire [2:0]  b_scale = single ? 3'd0 : coarse_s;
  wire        from_logits = single || k_q == coarse_s;
  wire [5:0]  coarse_row, fine_row;             // in the table of maps
  wire [23:0] logit_base, coarse_base, fine_base;
  hwg_const_mul #(.FACTOR(L), .IW(3), .OW(6)) u_coarse_row (.x(coarse_s), .y(coarse_row));
  hwg_const_mul #(.FACTOR(L), .IW(3), .OW(6)) u_fine_row (.x(fine_s), .y(fine_row));
  hwg_select #(.N(L), .W(24), .IW(3)) u_logit_base (.index(b_scale), .entries(LOGIT_BASE), .entry(logit_base));
  hwg_select #(.N(L * L), .W(24), .IW(6)) u_coarse_base (
      .index(coarse_row + 6'(k_q)), .entries(U_BASE), .entry(coarse_base));
  hwg_select #(.N(L * L), .W(24), .IW(6)) u_fine_base (.index(fine_row + 6'(k_q)), .entries(U_BASE), .entry(fine_base));
  reg             b_valid, b_logits;
  reg  [GAW-1:0]  b_logit_addr;
  reg  [UAW-1:0]  b_u_addr;
  wire [3:0]      weight = (tap_q == 2'd0) ? 4'd9 : (tap_q == 2'd3) ? 4'd1 : 4'd3;
  // single, first tap, last tap, weight, first term, pixel of T ends, row ends, output ends, phase A write
  localparam integer META = 1 + 1 + 1 + 4 + 1 + 1 + 1 + 1 + 1;
  reg  [META-1:0] b_meta;
  reg  [UAW-1:0]  b_u_waddr;
  always @(posedge clk) begin
    b_valid      <= !rst && issue;
    b_logits     <= from_logits;
    b_logit_addr <= GAW'(logit_base + offset);
    b_u_addr     <= UAW'(coarse_base + offset);
    b_u_waddr    <= UAW'(fine_base + 24'(pixel_q));
    b_meta       <= {single, tap_q == 2'd0, last_tap, weight, k_q == '0, sum_q && pixel_end,
                     sum_q && pixel_end && last_x, output_end, !sum_q && last_tap};
  end
  wire [C*LB-1:0] logits;
  hwg_ram #(.WIDTH(C * LB), .DEPTH(LOGIT_WORDS)) u_logits (
      .clk(clk), .we(logit_valid), .waddr(logit_addr), .wdata(logit_data), .re(b_valid && b_logits),
      .raddr(b_logit_addr), .rdata(logits));

  wire            d_valid, d_single, d_first, d_last, d_first_term, d_pixel, d_row, d_output, d_write;
  wire [3:0]      d_weight;
  wire [UAW-1:0]  d_u_waddr;
  hwg_delay #(.STAGES(3), .WIDTH(META + UAW)) u_meta (
      .clk(clk), .rst(rst), .s_valid(b_valid), .s_data({b_meta, b_u_waddr}), .m_valid(d_valid),
      .m_data({d_single, d_first, d_last, d_weight, d_first_term, d_pixel, d_row, d_output, d_write, d_u_waddr}));

  reg             e_write, e_last, e_first_term, e_pixel, e_row, e_output, f_pixel, f_row, f_output;
  reg [UAW-1:0]   e_u_waddr;
  always @(posedge clk) begin
    e_write      <= !rst && d_valid && d_write;
    e_last       <= !rst && d_valid && d_last;
    e_pixel      <= !rst && d_valid && d_pixel;
    e_row        <= !rst && d_valid && d_row;
    e_output     <= !rst && d_valid && d_output;
    e_first_term <= d_first_term;
    e_u_waddr    <= d_u_waddr;
    f_pixel      <= !rst && e_pixel;
    f_row        <= !rst && e_row;
    f_output     <= !rst && e_output;
    row_done     <= !rst && f_row;
  end

  wire [C*LB-1:0] u_data, e_up;
  reg  [C*LB-1:0] word_q;        // of the memory that was read
  reg             logits_c_q, logits_d_q;  // the word is of the logits, not of a map on its way up
  always @(posedge clk) begin
    {logits_d_q, logits_c_q} <= {logits_c_q, b_logits};
    word_q <= logits_d_q ? logits : u_data;
  end
  reg  [C*TB-1:0] total_q;
  generate
    if (L > 2) begin : gen_u
      hwg_ram #(.WIDTH(C * LB), .DEPTH(U_WORDS), .LUT_DEPTH(MAPS_LUT_DEPTH)) u_maps (
          .clk(clk), .we(e_write), .waddr(e_u_waddr), .wdata(e_up), .re(b_valid && !b_logits), .raddr(b_u_addr),
          .rdata(u_data));
    end else begin : gen_no_u
      assign u_data = '0;
      wire unused = &{1'b0, e_write, e_u_waddr, b_u_addr, e_up};
    end
  endgenerate
  genvar i;
  generate
    for (i = 0; i < C; i = i + 1) begin : gen_class
      reg  signed [LB+4:0] sum_q4;   // times 16
      wire [LB+3:0]        tap;
      hwg_up2_tap #(.AW(LB)) u_tap (
          .a(word_q[i*LB +: LB]), .w(d_weight), .y(tap));
      always @(posedge clk) begin
        if (d_valid)
          sum_q4 <= d_single ? (LB+5)'($signed(word_q[i*LB +: LB])) <<< 4
                  : (d_first ? (LB+5)'(8) : sum_q4) + (LB+5)'($signed(tap));
        if (e_last) total_q[i*TB +: TB] <= (e_first_term ? '0 : $signed(total_q[i*TB +: TB]))
                                         + TB'($signed(sum_q4[LB+3:4]));
      end
      assign e_up[i*LB +: LB] = sum_q4[LB+3:4];
      wire unused = &{1'b0, sum_q4[LB+4], sum_q4[3:0]};
    end
  endgenerate

  // ---------------------------------------------------------------- T ring
  reg [TAW-1:0] t_waddr_q;
  always @(posedge clk)
    if (rst) t_waddr_q <= '0;
    else if (f_pixel) t_waddr_q <= (t_waddr_q == TAW'(ROWS * W0 - 1)) ? '0 : t_waddr_q + 1'b1;
  hwg_ram #(.WIDTH(C * TB), .DEPTH(ROWS * W0), .LUT_DEPTH(SUMS_LUT_DEPTH)) u_rows (
      .clk(clk), .we(f_pixel), .waddr(t_waddr_q), .wdata(total_q), .re(t_re), .raddr(t_addr), .rdata(t_data));
  assign probe_valid = f_pixel;
  assign probe_data  = total_q;

  // ---------------------------------------------------------------- margin: best minus second best, summed over the map
  wire           m_valid, m_output;
  wire [TB-1:0]  best, second;
  wire [7:0]     index;
  hwg_argbest #(.LANES(C), .VW(TB), .SIDE(1)) u_best (
      .clk(clk), .rst(rst), .s_valid(f_pixel), .s_data(total_q), .s_side(f_output), .m_valid(m_valid),
      .m_side(m_output), .best(best), .second(second), .index(index));
  wire unused_index = &{1'b0, index};
  localparam integer MW = TB + 1 + $clog2(PIXELS0 + 1);
  localparam integer QW = (MW > 33) ? MW : 33;
  reg [QW-1:0] margin_q;
  reg          margin_end_q;
  wire [QW-1:0] difference = QW'($unsigned((TB+1)'($signed(best)) - (TB+1)'($signed(second))));
  always @(posedge clk) begin
    margin_end_q <= !rst && m_valid && m_output;
    if (rst) margin_q <= '0;
    else if (m_valid) margin_q <= (margin_end_q ? '0 : margin_q) + difference;
    else if (margin_end_q) margin_q <= '0;
  end
  wire [QW-1:0] scaled = margin_q >> MARGIN_SHIFT;
  assign margin_valid = margin_end_q;
  assign margin = (|scaled[QW-1:32]) ? 32'hffff_ffff : scaled[31:0];
endmodule
`default_nettype wire
