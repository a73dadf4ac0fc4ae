// SPDX-License-Identifier: Apache-2.0
// hwg_upsample: the pixels of every output leave once, in order, marked, with the number of the output and the class that
// docs/arithmetic.md (up8) defines, for a map of logit sums that the solver chooses; offers stay; the ring's rows are read
// only while they are there, and no more are given back than are there; nothing hangs.
`default_nettype none
module proof #(
    parameter integer W    = 5,
    parameter integer H    = 5,
    parameter integer C    = 2,
    parameter integer TB   = 2,
    parameter integer ROWS = 2,
    parameter integer FIFO = 4,
    parameter integer BEAT = 1,
    parameter integer WAIT = 20, // cycles without a word
    parameter integer CALM = 0   // 1: nothing pauses, nothing is reset
) (
    input wire       clk,
    input wire       rst,
    input wire       row_done,
    input wire       m_ready,
    input wire [1:0] outputs
);
  localparam integer W0 = (W + 7) / 8, H0 = (H + 7) / 8;
  localparam integer TAW = $clog2(ROWS * W0);
  wire            t_re, m_valid, m_user, m_last, m_end, begun;
  wire [2:0]      rows_freed;
  wire [TAW-1:0]  t_addr;
  wire [8*BEAT-1:0] m_data;
  wire [7:0]      m_id;
  reg  [C*TB-1:0] t_data;
  reg             load_q;  // the first cycle after reset
  initial load_q = 1'b0;
  always @(posedge clk) load_q <= rst;
  wire load = load_q && !rst;
  hwg_upsample #(.W(W), .H(H), .W0(W0), .H0(H0), .N(2), .C(C), .TB(TB), .ROWS(ROWS), .FIFO(FIFO), .BEAT(BEAT)) u_dut (
      .clk(clk), .rst(rst), .load(load), .outputs({62'd0, outputs}), .row_done(row_done), .rows_freed(rows_freed),
      .t_re(t_re), .t_addr(t_addr), .t_data(t_data), .m_valid(m_valid), .m_ready(m_ready), .m_data(m_data),
      .m_id(m_id), .m_user(m_user), .m_last(m_last), .m_end(m_end));
  proof_reset u_reset (.clk(clk), .rst(rst), .begun(begun));
  proof_stream #(.WIDTH(11 + 8 * BEAT)) u_stream (
      .clk(clk), .rst(rst), .valid(m_valid), .ready(m_ready), .data({m_data, m_id, m_user, m_last, m_end}));

  // Every output has the same map. The ring: which row of it each place holds, ROWS at most, in turn.
  (* anyconst *) wire [H0*W0*C*TB-1:0] map;
  reg [3:0]        held_q, write_row_q, write_at_q, made_q;  // rows there; the row and the place that come next; rows made
  reg [ROWS*4-1:0] row_at_q;
  reg [3:0]        x_q, y_q;                                 // of the words that leave
  reg              second_q;                                 // these are the second output's
  reg [1:0]        outputs_q, rest_q;                        // whose words have not left
  wire             leaves = m_valid && m_ready;
  wire             x_ends = x_q == 4'(W / BEAT - 1), y_ends = y_q == 4'(H - 1), ends = x_ends && y_ends;
  wire             row_may_come = held_q < 4'(ROWS) && !load && !rst && made_q < ((&outputs_q) ? 4'(2 * H0) : 4'(H0));
  always @* if (begun) begin
    if (load) assume (outputs != '0);
    if (row_done) assume (row_may_come);
    if (CALM != 0) assume (!rst && m_ready && (row_done || !row_may_come));
  end
  always @(posedge clk) begin
    if (load) {outputs_q, rest_q} <= {2{outputs}};
    if (rst) {held_q, write_row_q, write_at_q, made_q, x_q, y_q, second_q} <= '0;
    else begin
      held_q <= held_q + 4'(row_done) - 4'(rows_freed);
      if (row_done) begin
        made_q      <= made_q + 4'd1;
        write_row_q <= (write_row_q == 4'(H0 - 1)) ? 4'd0 : write_row_q + 4'd1;
        write_at_q  <= (write_at_q == 4'(ROWS - 1)) ? 4'd0 : write_at_q + 4'd1;
        row_at_q[write_at_q*4 +: 4] <= write_row_q;
      end
      if (leaves) begin
        x_q <= x_ends ? 4'd0 : x_q + 4'd1;
        if (x_ends) y_q <= y_ends ? 4'd0 : y_q + 4'd1;
        if (ends) {second_q, rest_q} <= {1'b1, rest_q & (rest_q - 2'd1)};
      end
    end
  end
  // The ring's memory answers two cycles later. Rows there are those written last: a place that is read holds one.
  reg  [C*TB-1:0] word, word_q;
  reg             there;
  reg  [3:0]      age;  // of a place: 1 is the row written last
  integer         n, r, k;
  always @* begin
    {word, there, age} = '0;
    for (n = 0; n < ROWS; n = n + 1)
      for (k = 0; k < W0; k = k + 1)
        if (t_addr == TAW'(n * W0 + k)) begin
          age = (write_at_q > 4'(n)) ? write_at_q - 4'(n) : write_at_q + 4'(ROWS - n);
          there = age <= held_q;
          for (r = 0; r < H0; r = r + 1) if (row_at_q[n*4 +: 4] == 4'(r)) word = map[(r*W0+k)*C*TB +: C*TB];
        end
  end
  always @(posedge clk) begin
    if (t_re) word_q <= word;
    t_data <= word_q;
  end

  // up8 of every pixel, in 1/256, and its class.
  localparam integer VW = TB + 9;
  reg [W*H*2-1:0]       classes;
  reg signed [VW-1:0]   value, best;
  integer               px, py, x0, x1, y0, y1, wx, wy, c;
  always @* begin
    classes = '0;
    for (py = 0; py < H; py = py + 1)
      for (px = 0; px < W; px = px + 1) begin
        x0 = (px < 4) ? 0 : (px - 4) / 8;
        x1 = ((px + 4) / 8 > W0 - 1) ? W0 - 1 : (px + 4) / 8;
        y0 = (py < 4) ? 0 : (py - 4) / 8;
        y1 = ((py + 4) / 8 > H0 - 1) ? H0 - 1 : (py + 4) / 8;
        wx = 2 * ((px + 4) % 8) + 1;
        wy = 2 * ((py + 4) % 8) + 1;
        for (c = 0; c < C; c = c + 1) begin
          value = VW'((16 - wy) * (16 - wx)) * VW'($signed(map[((y0*W0+x0)*C+c)*TB +: TB]))
                + VW'((16 - wy) * wx) * VW'($signed(map[((y0*W0+x1)*C+c)*TB +: TB]))
                + VW'(wy * (16 - wx)) * VW'($signed(map[((y1*W0+x0)*C+c)*TB +: TB]))
                + VW'(wy * wx) * VW'($signed(map[((y1*W0+x1)*C+c)*TB +: TB]));
          if (c == 0 || value > best) begin
            best = value;
            classes[(py*W+px)*2 +: 2] = 2'(c);
          end
        end
      end
  end
  // The pixel that leaves next, and the lower row of T that it needs, are known ahead.
  reg [W*H*2-1:0] to_leave_q;
  always @(posedge clk) to_leave_q <= (load || (leaves && ends)) ? classes : leaves ? to_leave_q >> 2 * BEAT : to_leave_q;
  reg  [8*BEAT-1:0] class_wanted;
  integer    q, lane;
  always @* for (lane = 0; lane < BEAT; lane = lane + 1) class_wanted[lane*8 +: 8] = {6'd0, to_leave_q[lane*2 +: 2]};
  reg  [3:0] row_needed;
  always @* begin
    row_needed = '0;
    for (q = 0; q < H; q = q + 1) if (y_q == 4'(q)) row_needed = 4'(((q + 4) / 8 > H0 - 1) ? H0 : (q + 4) / 8 + 1);
  end
  reg [7:0] waits_q;
  wire      more = rest_q != '0;
  // The rows that the words that have not left need are made.
  wire      rows_made = made_q >= row_needed + (second_q ? 4'(H0) : 4'd0);
  always @(posedge clk) waits_q <= (rst || load || m_valid || !more || !rows_made) ? 8'd0 : waits_q + 8'd1;
  always @* if (begun && !rst && !load) begin
    if (m_valid) asked: assert (more);
    if (m_valid) marked: assert (m_user == (x_q == '0 && y_q == '0) && m_last == x_ends && m_end == ends);
    if (m_valid) numbered: assert (m_id == (rest_q[0] ? 8'd1 : 8'd2));
    if (m_valid) class_of_pixel: assert (m_data == class_wanted);
    if (t_re) row_there: assert (there);
    given_back: assert (4'(rows_freed) <= held_q);
    no_hang: assert (waits_q < 8'(WAIT));
    other_class: cover (m_valid && m_data[7:0] == 8'(C - 1) && x_ends);
    whole_map: cover (leaves && ends);
    if (CALM == 0) stalls: cover (m_valid && !m_ready && (H == 1 || y_q != '0));
  end
endmodule
`default_nettype wire
