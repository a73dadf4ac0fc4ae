// SPDX-License-Identifier: Apache-2.0
// Keeps the books of a ring of pixel vectors that a 3x3 window slides over: which pixel comes next, whether all that
// it needs has been written, how many slots are taken, and the address and mask of each tap.
//
//   writer: w_start reserves a slot, w_done says that its words are there
//   reader: `ready` -> start; then tap_re with tap and word gives addr and mask one cycle later
//
// Where a slot has several pixels of a row, all counts are of slots, and widths are slots of a row.
// The ring is one for all scales, blocks and iterations: the window of pixel i needs pixels i-W-1 ... i+W+1 of the
// same map; what lies before is free. Borders are masks.
// reset     empties the ring; limits SLOTS >= 2*W + 4, w_start in one of two cycles at most
`default_nettype none
module hwg_window #(
    parameter integer L = 3,
    parameter integer K = 1,
    parameter integer N = 64,
    parameter [L*13-1:0] MAP_W = '0,
    parameter [L*13-1:0] MAP_H = '0,
    parameter integer SLOTS = 200,
    parameter integer SLOT  = 1,
    parameter integer WORDW = 8,
    parameter integer P     = 1,                 // pixels of a slot, neighbours in a row
    parameter [L*P-1:0] TAIL = {(L * P){1'b1}},  // those of the last slot of a row that the map has, for each map
    parameter integer AW    = (SLOTS * SLOT > 1) ? $clog2(SLOTS * SLOT) : 1
) (
    input  wire             clk,
    input  wire             rst,
    input  wire             load,
    input  wire [63:0]      mask,
    input  wire             w_start,
    input  wire             w_done,
    output wire             space,
    output wire             ready,
    input  wire             start,
    output wire [5:0]       n,
    output wire [2:0]       l,
    output wire [2:0]       k,
    output wire             first_pixel,
    output wire             last_of_n,
    output wire [P-1:0]     lanes,     // pixels that the map has
    output wire             done,
    input  wire             tap_re,
    input  wire [3:0]       tap,
    input  wire             tap_ends,  // with the last word of a tap; taps come from 0 to 8 and again
    input  wire [WORDW-1:0] word,
    output reg              addr_re,
    output reg  [AW-1:0]    addr,
    output reg  [P-1:0]     in_map
);
  localparam integer CW = $clog2(SLOTS + 2);
  wire [12:0] x, y;
  wire last_n, last_x, last_y, last_pixel, last_pass;
  hwg_walk #(.L(L), .K(K), .N(N), .MAP_W(MAP_W), .MAP_H(MAP_H)) u_walk (
      .clk(clk), .rst(rst), .load(load), .mask(mask), .step(start), .n(n), .last_n(last_n), .l(l), .k(k), .x(x), .y(y),
      .first_pixel(first_pixel), .last_x(last_x), .last_y(last_y), .last_pixel(last_pixel), .last_pass(last_pass),
      .done(done));
  assign last_of_n = last_pixel && last_pass;
  wire unused_last = last_n;
  wire [P-1:0] tail;
  hwg_select #(.N(L), .W(P), .IW(3)) u_tail (.index(l), .entries(TAIL), .entry(tail));
  assign lanes = last_x ? tail : '1;

  // Slots: taken by the writer, given back when the window has moved past them.
  reg  [CW:0]   used_q;             // slots taken, less all there are: negative while there is space
  reg  [CW-1:0] avail_q, history_q;
  reg           begun_q;
  wire [12:0]   width, height;
  hwg_select #(.N(L), .W(13), .IW(3)) u_width (.index(l), .entries(MAP_W), .entry(width));
  hwg_select #(.N(L), .W(13), .IW(3)) u_height (.index(l), .entries(MAP_H), .entry(height));
  // What the next start needs and gives back is prepared in three steps: between two starts there are four cycles or more.
  // First the map's sizes and the place in it.
  reg  [13:0]   reach_q, beyond_q;  // pixels from this one to the last of its window, if that is not cut short; one more
  reg  [13:0]   rest_q;             // pixels of this row, this one included
  reg           row_before_q;       // the row before the last one
  always @(posedge clk) begin
    reach_q      <= 14'(width) + 14'd1;
    beyond_q     <= 14'(width) + 14'd2;
    rest_q       <= 14'(width) - 14'(x);
    row_before_q <= y == height - 13'd2;
  end
  // Then pixels still to come in this map, this one included, as far as they matter, and the window's history.
  wire          full    = 14'(history_q) == reach_q;
  wire [CW-1:0] longer  = history_q + 1'b1;
  reg  [13:0]   need_q;
  reg  [1:0]    load_q;  // until the first pixel of the walk has been looked at, nothing is enough
  reg  [CW-1:0] history_next_q, given_back_q, given_back_less_q;  // the last one: less one
  always @(posedge clk) begin
    load_q         <= {load_q[0], load};
    need_q         <= (rst || load || load_q != '0) ? '1 : last_y ? rest_q : (row_before_q && last_x) ? reach_q : beyond_q;
    history_next_q <= first_pixel ? '0 : full ? history_q : longer;
    given_back_q      <= !begun_q ? '0 : first_pixel ? longer : CW'(full);
    given_back_less_q <= !begun_q ? '1 : first_pixel ? history_q : full ? '0 : '1;
  end
  // The writer starts in one of two cycles at most, so that its slot may be counted a cycle late.
  reg           w_start_q;
  always @(posedge clk) w_start_q <= !rst && w_start;
  wire [CW-1:0] released = start ? (w_start_q ? given_back_less_q : given_back_q) : {CW{w_start_q}};  // less a slot taken
  wire [CW-1:0] arrived  = {{(CW-1){start && !w_done}}, start != w_done};
  assign space = used_q[CW];
  // Looked at with the arrival of a pixel taken in ahead; what a start changes is there before the next one.
  reg           enough_q;
  always @(posedge clk) begin
    if (rst || load || load_q != '0) enough_q <= 1'b0;
    else enough_q <= w_done ? 14'(avail_q) + 14'd1 >= need_q : 14'(avail_q) >= need_q;
  end
  assign ready = !done && enough_q;

  reg  [AW-1:0] center_q, job_center_q;
  reg  [AW:0]   ring_center_q;  // job_center_q - SLOTS * SLOT
  reg           top_q, bottom_q, left_q, right_q;
  reg  [P-1:0]  lanes_q;
  always @(posedge clk) begin
    if (rst) begin
      used_q    <= (CW+1)'(0) - (CW+1)'(SLOTS);
      avail_q   <= '0;
      begun_q   <= 1'b0;
      center_q  <= '0;
    end else begin
      used_q  <= used_q - (CW+1)'($signed(released));
      avail_q <= avail_q + arrived;
      if (start) begin
        begun_q  <= 1'b1;
        center_q <= (center_q == AW'((SLOTS - 1) * SLOT)) ? '0 : center_q + AW'(SLOT);
      end
    end
    if (start) begin
      history_q    <= history_next_q;
      job_center_q  <= center_q;
      ring_center_q <= (AW+1)'(center_q) - (AW+1)'(SLOTS * SLOT);
      top_q        <= y == '0;
      bottom_q     <= last_y;
      left_q       <= x == '0;
      right_q      <= last_x;
      lanes_q      <= lanes;
    end
  end

  // Address of a tap: centre + displacement (mod ring) + word. Sums with and without the ring's length, the sign chooses:
  // all but the word are multiples of a slot, so that the word does not change it.
  function [L*9*AW-1:0] displacements(input integer unused);
    integer i, t;
    for (i = 0; i < L * 9; i = i + 1) begin
      t = i % 9;
      displacements[i*AW +: AW] = AW'(((t / 3 - 1) * 32'(MAP_W[i/9*13 +: 13]) + t % 3 - 1 + SLOTS) % SLOTS * SLOT);
    end
  endfunction
  localparam [L*9*AW-1:0] DELTA = displacements(0);  // of the taps, for each map
  wire [9*AW-1:0] deltas;
  reg  [9*AW-1:0] next_deltas_q, deltas_q;
  hwg_select #(.N(L), .W(9 * AW), .IW(3)) u_deltas (.index(l), .entries(DELTA), .entry(deltas));
  wire [AW-1:0]   delta = deltas_q[AW-1:0];
  always @(posedge clk) begin
    next_deltas_q <= deltas;
    if (start) deltas_q <= next_deltas_q;
    else if (tap_ends) deltas_q <= {deltas_q[AW-1:0], deltas_q[9*AW-1:AW]};
  end
  wire [AW:0]   sum     = (AW+1)'(job_center_q) + (AW+1)'(delta) + (AW+1)'(word);
  wire [AW:0]   less    = (AW+1)'(ring_center_q) + (AW+1)'(delta) + (AW+1)'(word);  // sum - RING, bit AW its sign
  wire [AW:0]   folded  = less[AW] ? sum : less;
  wire          unused_carry = &{1'b0, folded[AW]};
  wire          outside;
  hwg_tap_edges u_edges (
      .tap(tap), .top(top_q), .bottom(bottom_q), .left(left_q), .right(right_q), .outside(outside));
  always @(posedge clk) begin
    addr_re <= tap_re;
    if (tap_re) begin
      addr   <= folded[AW-1:0];
      // only the slot of the centre's own column can be the last one of a row and have lanes that count
      in_map <= outside ? '0 : (tap == 4'd1 || tap == 4'd4 || tap == 4'd7) ? lanes_q : '1;
    end
  end
endmodule
`default_nettype wire
