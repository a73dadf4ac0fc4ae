// SPDX-License-Identifier: Apache-2.0
// Keeps the books of a ring of pixel vectors that a 3x3 window slides over: which pixel comes next, whether all that
// it needs has been written, how many slots are taken, and the address and mask of each tap.
//
//   writer: w_start reserves a slot, w_done says that its words are there
//   reader: `ready` -> start; then tap_re with tap and word gives addr and mask one cycle later
//
// The ring is one for all scales, blocks and iterations: the window of pixel i needs pixels i-W-1 ... i+W+1 of the
// same map; what lies before is free. Borders are masks.
// reset     empties the ring; limits SLOTS >= 2*W + 4
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
    parameter integer AW    = (SLOTS * SLOT > 1) ? $clog2(SLOTS * SLOT) : 1,
    parameter [L*9*AW-1:0] DELTA = '0
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
    output wire             done,
    input  wire             tap_re,
    input  wire [3:0]       tap,
    input  wire [WORDW-1:0] word,
    output reg              addr_re,
    output reg  [AW-1:0]    addr,
    output reg              in_map
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

  // Slots: taken by the writer, given back when the window has moved past them.
  reg  [CW-1:0] used_q, avail_q, history_q;
  reg           begun_q;
  wire [12:0]   width, height;
  hwg_select #(.N(L), .W(13), .IW(3)) u_width (.index(l), .entries(MAP_W), .entry(width));
  hwg_select #(.N(L), .W(13), .IW(3)) u_height (.index(l), .entries(MAP_H), .entry(height));
  // What the next start needs and gives back is prepared: between two starts there are three cycles or more.
  wire [13:0]   reach      = 14'(width) + 14'd1;
  wire [CW-1:0] history    = first_pixel ? '0 : (14'(history_q) == reach) ? history_q : history_q + 1'b1;
  // Pixels still to come in this map, this one included, as far as they matter (saturating): y last -> by x.
  wire          near_end   = last_y || (y == height - 13'd2 && last_x);
  wire [13:0]   left       = last_y ? 14'(width) - 14'(x) : reach;
  reg  [13:0]   need_q;
  reg  [1:0]    load_q;  // until the first pixel of the walk has been looked at, nothing is enough
  reg  [CW-1:0] history_next_q, given_back_q;
  always @(posedge clk) begin
    load_q         <= {load_q[0], load};
    need_q         <= (rst || load || load_q != '0) ? '1 : near_end ? left : reach + 14'd1;
    history_next_q <= history;
    given_back_q   <= begun_q ? history_q + 1'b1 - history : '0;
  end
  assign space = used_q < CW'(SLOTS);
  assign ready = !done && 14'(avail_q) >= need_q;

  reg  [AW-1:0] center_q, job_center_q;
  reg  [AW:0]   ring_center_q;  // job_center_q - SLOTS * SLOT
  reg           top_q, bottom_q, left_q, right_q;
  always @(posedge clk) begin
    if (rst) begin
      used_q    <= '0;
      avail_q   <= '0;
      begun_q   <= 1'b0;
      center_q  <= '0;
    end else begin
      used_q  <= used_q + CW'(w_start) - (start ? given_back_q : '0);
      avail_q <= avail_q + CW'(w_done) - CW'(start);
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
    end
  end

  // Address of a tap: centre + displacement (mod ring) + word. Sums with and without the ring's length, the sign chooses.
  wire [9*AW-1:0] deltas;
  reg  [9*AW-1:0] next_deltas_q, deltas_q;
  wire [AW-1:0]   delta;
  hwg_select #(.N(L), .W(9 * AW), .IW(3)) u_deltas (.index(l), .entries(DELTA), .entry(deltas));
  hwg_select #(.N(9), .W(AW)) u_delta (.index(tap), .entries(deltas_q), .entry(delta));
  always @(posedge clk) begin
    next_deltas_q <= deltas;
    if (start) deltas_q <= next_deltas_q;
  end
  wire [AW:0]   sum     = (AW+1)'(job_center_q) + (AW+1)'(delta);
  wire [AW:0]   less    = (AW+1)'(ring_center_q) + (AW+1)'(delta);  // sum - RING, bit AW its sign
  wire [AW:0]   folded  = less[AW] ? sum : less;
  wire          unused_carry = &{1'b0, folded[AW]};
  wire          row0 = tap < 4'd3, row2 = tap > 4'd5;
  wire          col0 = tap == 4'd0 || tap == 4'd3 || tap == 4'd6;
  wire          col2 = tap == 4'd2 || tap == 4'd5 || tap == 4'd8;
  always @(posedge clk) begin
    addr_re <= tap_re;
    if (tap_re) begin
      addr   <= folded[AW-1:0] + AW'(word);
      in_map <= !((row0 && top_q) || (row2 && bottom_q) || (col0 && left_q) || (col2 && right_q));
    end
  end
endmodule
`default_nettype wire
