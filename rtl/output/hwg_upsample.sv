// SPDX-License-Identifier: Apache-2.0
// Bilinear x8 of the logit sums, argmax, and the class stream. BEAT neighbouring classes a cycle.
//
//   T rows -> vertical: (16-wy)*T[r0] + wy*T[r1] -> column queue -> horizontal: a step a cycle -> argmax -> FIFO -> m
//
// Exact in 1/256 (docs/arithmetic.md, up8). Columns are fetched ahead, two reads each, so that neither a new column
// nor a new row costs a cycle; words are issued against credits of the output FIFO.
// latency   a word issued at cycle i is offered at cycle i + max(1, clog2(C)) + 1, one more with BEAT > 1
// reset     synchronous; limits W0 = ceil(W/8); BEAT 1, 2, 4; W a multiple of it
`default_nettype none
module hwg_upsample #(
    parameter integer W = 480,
    parameter integer H = 360,
    parameter integer W0 = 60,
    parameter integer H0 = 45,
    parameter integer N = 64,
    parameter integer C = 11,
    parameter integer TB = 14,
    parameter integer ROWS = 4,
    parameter integer FIFO = 16,
    parameter integer BEAT = 1,
    parameter integer TAW = $clog2(ROWS * W0)
) (
    input  wire            clk,
    input  wire            rst,
    input  wire            load,
    input  wire [63:0]     outputs,
    input  wire            row_done,
    output reg  [2:0]      rows_freed,
    output wire            t_re,
    output wire [TAW-1:0]  t_addr,
    input  wire [C*TB-1:0] t_data,
    output wire            m_valid,
    input  wire            m_ready,
    output wire [8*BEAT-1:0] m_data,
    output wire [7:0]      m_id,
    output wire            m_user,
    output wire            m_last,
    output wire            m_end       // last word of the output
);
  localparam integer VB = TB + 4;
  localparam integer SB = TB + 8;
  localparam integer WORDS = W / BEAT;           // of a row
  localparam integer XW = $clog2(WORDS + 1);
  localparam integer YW = $clog2(H + 1);
  localparam integer CW = $clog2(W0 + 1);
  localparam integer COLUMNS = (BEAT == 4) ? 8 : 4;  // queued; of four pixels a beat they leave as fast as they come
  localparam integer QW = $clog2(COLUMNS + 1);

  // ---------------------------------------------------------------- fetch: rows r0, r1 of output row y, column by column
  reg  [2:0]      held_q;            // T rows there
  reg  [YW-1:0]   y_q;
  reg  [2:0]      j_q;               // y = 8i + 4 + j
  reg  [CW-1:0]   col_q;
  reg             second_q, before_q; // reading r1; i = -1
  reg  [YW-1:0]   r0_q;
  reg  [TAW-1:0]  base0_q, base1_q;  // ring addresses of rows r0 and r1, the latter a cycle late: it is read second
  reg             last_row0_q;       // r0 is the last row
  reg  [QW-1:0]   queued_q;          // columns in the queue or on their way
  wire            two       = !before_q && !last_row0_q;           // r1 is the next row
  wire            rows_here = held_q > (two ? 3'd1 : 3'd0);
  wire            may_start = rows_here && queued_q != QW'(COLUMNS);
  wire            fetch     = second_q || may_start;
  reg             last_col_q, last_y_q;       // a cycle late: a column takes two
  wire            row_end    = second_q && last_col_q;
  wire            map_end    = row_end && last_y_q;
  wire            moves      = row_end && j_q == 3'd7 && !before_q;  // r0 goes down a row, but at the end of a map
  wire            pop;
  wire [4:0]      wy = {1'b0, j_q, 1'b1};
  always @(posedge clk) {last_col_q, last_y_q} <= {32'(col_q) == W0 - 1, 32'(y_q) == H - 1};
  assign t_re   = fetch;
  assign t_addr = (second_q ? base1_q : base0_q) + TAW'(col_q);
  wire [TAW-1:0]  next0 = (base0_q == TAW'((ROWS - 1) * W0)) ? '0 : base0_q + TAW'(W0);
  wire [YW-1:0]   r0    = map_end ? '0 : r0_q + YW'(moves);

  always @(posedge clk) begin
    base1_q <= two ? next0 : base0_q;
    if (rst) begin
      {second_q, col_q, y_q, r0_q, base0_q, held_q, queued_q, rows_freed} <= '0;
      before_q <= 1'b1;
      j_q      <= 3'd4;
      last_row0_q <= H0 == 1;
    end else begin
      // at the end of a map all its rows are given back
      r0_q        <= r0;
      last_row0_q <= 32'(r0) == H0 - 1;
      rows_freed  <= map_end ? (last_row0_q ? 3'd1 : 3'd2) : 3'(moves);
      held_q      <= held_q + 3'(row_done) - (map_end ? (last_row0_q ? 3'd1 : 3'd2) : 3'(moves));
      queued_q    <= queued_q + QW'(fetch && !second_q) - QW'(pop);
      if (fetch) second_q <= !second_q;
      if (second_q) col_q <= last_col_q ? '0 : col_q + 1'b1;
      if (row_end) begin
        y_q <= map_end ? '0 : y_q + 1'b1;
        j_q <= map_end ? 3'd4 : j_q + 1'b1;
        if (map_end) before_q <= 1'b1;
        else if (j_q == 3'd7) before_q <= 1'b0;
        if (map_end) begin
          base0_q <= last_row0_q ? next0 : (next0 == TAW'((ROWS - 1) * W0)) ? '0 : next0 + TAW'(W0);
        end else if (moves) base0_q <= next0;
      end
    end
  end

  // ---------------------------------------------------------------- vertical interpolation, column queue
  wire            v_live, v_second, a_live, a_second;
  wire [4:0]      v_weight;
  reg  [C*VB-1:0] column_q;
  reg             column_valid_q;
  reg  [C*TB-1:0] t_q;
  always @(posedge clk) t_q <= t_data;
  hwg_delay #(.STAGES(3), .WIDTH(6)) u_fetch (
      .clk(clk), .rst(rst), .s_valid(fetch), .s_data({second_q, second_q ? wy : 5'd16 - wy}), .m_valid(v_live),
      .m_data({v_second, v_weight}));
  hwg_delay #(.STAGES(1), .WIDTH(1)) u_add (
      .clk(clk), .rst(rst), .s_valid(v_live), .s_data(v_second), .m_valid(a_live), .m_data(a_second));
  genvar i;
  generate
    for (i = 0; i < C; i = i + 1) begin : gen_vertical
      wire [TB+4:0] share;  // weights are 1 to 15
      reg  [VB-1:0] share_q;
      wire          unused = &{1'b0, share[TB+4], v_weight[4]};
      hwg_product #(.AW(TB), .WW(5), .MUL_IN_LUTS(1)) u_share (
          .clk(clk), .a(t_q[i*TB +: TB]), .w({1'b0, v_weight[3:0]}), .y(share));
      always @(posedge clk) begin
        if (v_live) share_q <= share[VB-1:0];
        if (a_live) column_q[i*VB +: VB] <= (a_second ? column_q[i*VB +: VB] : VB'(0)) + share_q;
      end
    end
  endgenerate
  always @(posedge clk) column_valid_q <= !rst && a_live && a_second;

  wire            front_valid, queue_ready;
  wire [C*VB-1:0] front;
  wire [QW-1:0]   queue_count;
  reg             head_valid;
  reg  [C*VB-1:0] head;              // the queue's first column, in registers
  wire            head_takes = !head_valid || pop;
  hwg_fifo #(.WIDTH(C * VB), .DEPTH(COLUMNS)) u_columns (
      .clk(clk), .rst(rst), .s_valid(column_valid_q), .s_ready(queue_ready), .s_data(column_q), .m_valid(front_valid),
      .m_ready(head_takes), .m_data(front), .count(queue_count));
  always @(posedge clk) begin
    if (rst) head_valid <= 1'b0;
    else if (head_takes) head_valid <= front_valid;
    if (head_takes) head <= front;
  end
  wire unused_queue = &{1'b0, queue_ready, queue_count};

  // ---------------------------------------------------------------- horizontal: segments of up to eight pixels, in words
  reg             run_q;             // a segment is loaded
  reg  [XW-1:0]   x_q;
  reg  [YW-1:0]   gy_q;
  reg  [3:0]      left_q;            // words of the segment after this one
  reg  [CW-1:0]   seg_q;             // right column of the next segment to load; 0: first segment of a row
  // What these are compared with, known ahead: the segment's last word, the row's, the last row, and of the segment to
  // load whether it is the row's first or last one and has a column of its own; room for a word.
  reg             left_none_q, x_last, last_line_q, row_starts, final_segment, needs_column, credit;
  // Segments of a row: -1 (four pixels), 0, 1, ... ; segment s >= 0 begins at x = 8s + 4.
  localparam integer SEGMENTS = (W <= 4) ? 1 : 1 + (W - 4 + 7) / 8;
  wire            issue   = run_q && credit;
  wire            seg_end = issue && (left_none_q || x_last);
  wire            idle    = !run_q || seg_end;
  wire            segment_load = idle && (!needs_column || head_valid);
  assign pop = segment_load && needs_column;

  reg  [C*SB-1:0] value_q;
  reg  [C*VB-1:0] right_q;
  reg  [C*(VB+1)-1:0] slope_q;
  always @(posedge clk) begin
    if (rst) begin
      run_q <= 1'b0;
      seg_q <= '0;
      x_q   <= '0;
      gy_q  <= '0;
      x_last        <= WORDS == 1;
      last_line_q   <= H == 1;
      row_starts    <= 1'b1;
      final_segment <= SEGMENTS == 1;
      needs_column  <= 1'b1;
    end else begin
      if (segment_load) run_q <= 1'b1;
      else if (seg_end) run_q <= 1'b0;
      if (issue) x_q <= x_last ? '0 : x_q + 1'b1;
      if (issue) x_last <= x_last ? WORDS == 1 : 32'(x_q) == WORDS - 2;
      if (issue && x_last) begin
        gy_q        <= last_line_q ? '0 : gy_q + 1'b1;
        last_line_q <= last_line_q ? H == 1 : 32'(gy_q) == H - 2;
      end
      // seg_q counts loads of the row; the last load of a row is the one that reaches its last pixel
      if (segment_load) begin
        seg_q         <= final_segment ? '0 : seg_q + 1'b1;
        row_starts    <= final_segment;
        final_segment <= final_segment ? SEGMENTS == 1 : 32'(seg_q) == SEGMENTS - 2;
        needs_column  <= final_segment || 32'(seg_q) < W0 - 1;
      end
    end
    if (segment_load) left_q <= row_starts ? 4'(4 / BEAT - 1) : 4'(8 / BEAT - 1);
    else if (issue) left_q <= left_q - 1'b1;
    if (segment_load) left_none_q <= BEAT == 4 && row_starts;
    else if (issue) left_none_q <= left_q == 4'd1;
  end
  // A segment begins with 16 times its left column and one slope; a pixel on is two slopes more.
  wire                 pixel_end = issue && x_last && last_line_q;
  reg  [7:0]           id_q;
  wire [BEAT*C*SB-1:0] values, word_values;  // of the pixels of a word
  wire                 word_valid;
  wire [10:0]          word_side;            // first of its map, last of its row, last of its map; output
  genvar k;
  generate
    for (i = 0; i < C; i = i + 1) begin : gen_horizontal
      wire signed [VB-1:0] right  = right_q[i*VB +: VB], queued = head[i*VB +: VB];
      wire signed [VB-1:0] near   = row_starts ? queued : right;    // columns of the segment that is loaded
      wire signed [VB-1:0] far    = needs_column ? queued : right;
      wire signed [SB-1:0] first  = (SB'(near) <<< 4) + SB'(far) - SB'(near);
      wire signed [SB-1:0] value  = value_q[i*SB +: SB], slope = SB'($signed(slope_q[i*(VB+1) +: VB+1]));
      always @(posedge clk) begin
        if (segment_load) right_q[i*VB +: VB] <= far;
        if (segment_load) slope_q[i*(VB+1) +: VB+1] <= (VB+1)'(far) - (VB+1)'(near);
        if (segment_load || issue) value_q[i*SB +: SB] <= segment_load ? first : value + (slope <<< (1 + $clog2(BEAT)));
      end
      for (k = 0; k < BEAT; k = k + 1) begin : gen_step
        assign values[(k*C+i)*SB +: SB] = value + ((k == 3) ? (slope <<< 3) - (slope <<< 1) : (slope <<< k) & {SB{k != 0}});
      end
    end
  endgenerate
  hwg_delay #(.STAGES((BEAT > 1) ? 1 : 0), .WIDTH(11 + BEAT * C * SB)) u_word (
      .clk(clk), .rst(rst), .s_valid(issue), .s_data({x_q == '0 && gy_q == '0, x_last, pixel_end, id_q, values}),
      .m_valid(word_valid), .m_data({word_side, word_values}));

  // ---------------------------------------------------------------- argmax, output FIFO
  reg  [N-1:0] rest_q;
  // The map after this one, and its number, are prepared: a map has hundreds of pixels.
  reg  [N-1:0] next_q;
  wire [N-1:0] lowest = next_q & ~(next_q - 1'b1);
  reg  [7:0]  next_id_q;
  reg  [7:0]  number;  // of the one bit in lowest
  integer b;
  always @* begin
    number = '0;
    for (b = 0; b < N; b = b + 1) if (lowest[b]) number = number | 8'(b + 1);
  end
  wire unused_outputs = &{1'b0, outputs};  // upper bits
  reg  [1:0]  load_q;
  always @(posedge clk) begin
    load_q    <= {load_q[0], load};
    next_id_q <= number;
    if (load) next_q <= outputs[N-1:0];
    else if (load_q == '0) next_q <= rest_q & (rest_q - 1'b1);
    if (load_q[1] || pixel_end) begin
      rest_q <= next_q;
      id_q   <= next_id_q;
    end
  end

  wire [BEAT-1:0]    c_valid;  // all the same, and what lies beside the classes too
  wire [BEAT*11-1:0] c_side;
  wire [BEAT*8-1:0]  c_index;
  generate
    for (k = 0; k < BEAT; k = k + 1) begin : gen_argmax
      wire [SB-1:0] best, second;
      hwg_argbest #(.LANES(C), .VW(SB), .SIDE(11)) u_argmax (
          .clk(clk), .rst(rst), .s_valid(word_valid), .s_data(word_values[k*C*SB +: C*SB]),
          .s_side(word_side), .m_valid(c_valid[k]), .m_side(c_side[k*11 +: 11]), .best(best), .second(second),
          .index(c_index[k*8 +: 8]));
      wire unused_best = &{1'b0, best, second};
    end
  endgenerate
  wire unused_lanes = &{1'b0, c_valid, c_side};

  localparam integer CRW = $clog2(FIFO + 1);
  reg  [CRW-1:0] reserved_q;
  wire [CRW-1:0] fifo_count;
  wire           fifo_ready;
  wire           leaves = m_valid && m_ready;
  always @(posedge clk)
    if (rst) begin
      reserved_q <= '0;
      credit     <= 1'b1;
    end else if (issue && !leaves) begin
      reserved_q <= reserved_q + 1'b1;
      credit     <= reserved_q != CRW'(FIFO - 1);
    end else if (leaves && !issue) begin
      reserved_q <= reserved_q - 1'b1;
      credit     <= 1'b1;
    end
  hwg_fifo #(.WIDTH(11 + 8 * BEAT), .DEPTH(FIFO)) u_words (
      .clk(clk), .rst(rst), .s_valid(c_valid[0]), .s_ready(fifo_ready), .s_data({c_side[10:0], c_index}), .m_valid(m_valid),
      .m_ready(m_ready), .m_data({m_user, m_last, m_end, m_id, m_data}), .count(fifo_count));
  wire unused_fifo = &{1'b0, fifo_ready, fifo_count};
endmodule
`default_nettype wire
