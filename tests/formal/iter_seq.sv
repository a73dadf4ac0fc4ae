// SPDX-License-Identifier: Apache-2.0
// hwg_iter_seq: the next job is valid three cycles after a take, five after a load, and stays; iterations of the mask,
// scales, blocks and pixels in order, `done` when there are none left; addresses of the pixel, of the four taps and of the
// pool, with its marks; ready exactly when all that the job reads has been written, so never early and never stuck.
`default_nettype none
module proof #(
    parameter integer K  = 1,
    parameter integer N  = 2,
    parameter integer W0 = 3,  // scale 0; scale 1 is half as large
    parameter integer H0 = 3,
    parameter integer CF = 1
) (
    input wire         clk,
    input wire         rst,
    input wire         want_load,
    input wire [N-1:0] mask,
    input wire         want_take,
    input wire         want_written
);
  localparam integer L = 2, W1 = (W0 + 1) / 2, H1 = (H0 + 1) / 2;
  localparam integer MAP0 = W0 * H0, MAP1 = W1 * H1, PIXELS = K * (MAP0 + MAP1);
  localparam integer AW = $clog2((MAP0 + MAP1) * CF);
  // Pixels written in an iteration before pass (l, k).
  function [L*K*24-1:0] offsets(input integer first, input integer second);
    integer i;
    begin
      for (i = 0; i < L * K; i = i + 1) offsets[i*24 +: 24] = 24'((i < K) ? i * first : K * first + (i - K) * second);
    end
  endfunction
  wire            m_valid, m_first, m_ready, done, begun;
  wire            m_odd, m_left, m_right, m_odd_row, m_bottom;
  wire [5:0]      m_n;
  wire [2:0]      m_l, m_k;
  wire [AW-1:0]   m_own, m_pooled;
  wire [4*AW-1:0] m_taps;
  // Loads begin frames: that one comes three cycles or more after another, unless a reset was between them, is assumed.
  reg             loaded_q;
  reg  [2:0]      age_q;      // cycles since the load; since the last take, plus two
  reg  [1:0]      pause_q;    // after a load
  reg  [7:0]      there_q;    // pixels written since the iteration began (as it was a cycle ago)
  reg             turn_q;     // another iteration begins
  wire [7:0]      there = turn_q ? there_q - 8'(PIXELS) : there_q;
  wire [7:0]      open;       // pixels taken that are not written
  wire            load = want_load && !rst && pause_q == '0;
  wire            live = loaded_q && !load && !rst;
  wire            take = want_take && live && m_valid && m_ready;
  wire            written = want_written && live && open != '0;
  hwg_iter_seq #(.L(L), .K(K), .N(N), .AW(AW), .MAP_W({13'(W1), 13'(W0)}), .MAP_H({13'(H1), 13'(H0)}),
                 .BASE({AW'(MAP0 * CF), AW'(0)}), .OFFSET(offsets(MAP0, MAP1)), .PIXELS(PIXELS), .CF(CF)) u_dut (
      .clk(clk), .rst(rst), .load(load), .mask(64'(mask)), .take(take), .written(written), .m_valid(m_valid), .m_n(m_n),
      .m_l(m_l), .m_k(m_k), .m_first(m_first), .m_own(m_own), .m_taps(m_taps), .m_pooled(m_pooled), .m_ready(m_ready),
      .m_odd(m_odd), .m_left(m_left), .m_right(m_right), .m_odd_row(m_odd_row), .m_bottom(m_bottom), .done(done));
  proof_reset u_reset (.clk(clk), .rst(rst), .begun(begun));

  // Where the loop is.
  reg  [N-1:0] rest_q;   // iterations from this one on
  reg          first_q;  // this is the first one
  reg          l_q;
  reg  [1:0]   k_q;
  reg  [2:0]   x_q, y_q;
  wire [2:0]   width = l_q ? 3'(W1) : 3'(W0), height = l_q ? 3'(H1) : 3'(H0);
  wire         last_x = x_q + 3'd1 == width, last_y = y_q + 3'd1 == height, last_k = k_q == 2'(K - 1);
  wire         over = rest_q == '0;
  always @(posedge clk) begin
    loaded_q <= !rst && (load || loaded_q);
    age_q    <= load ? 3'd1 : take ? 3'd3 : age_q + 3'(age_q != 3'd5);
    pause_q  <= load ? 2'd2 : rst ? 2'd0 : pause_q - 2'(pause_q != '0);
    turn_q <= !load && take && last_x && last_y && last_k && l_q;
    if (load) {there_q, l_q, k_q, x_q, y_q, first_q, rest_q} <= {8'd0, 1'b0, 2'd0, 3'd0, 3'd0, 1'b1, mask};
    else begin
      there_q <= there + 8'(written);
      if (take) begin
        x_q <= last_x ? '0 : x_q + 3'd1;
        if (last_x) y_q <= last_y ? '0 : y_q + 3'd1;
        if (last_x && last_y) begin
          k_q <= last_k ? '0 : k_q + 2'd1;
          if (last_k) l_q <= !l_q;
          if (last_k && l_q) {first_q, rest_q} <= {1'b0, rest_q & (rest_q - 1'b1)};
        end
      end
    end
  end

  // Pixels of the coarser map: near, side, clamped to the map; the last that is read is to the right and below.
  wire [2:0] near_x = x_q >> 1, near_y = y_q >> 1;
  wire [2:0] right = (near_x == 3'(W1 - 1)) ? near_x : near_x + 3'd1;
  wire [2:0] below = (near_y == 3'(H1 - 1)) ? near_y : near_y + 3'd1;
  wire [2:0] side_x = x_q[0] ? right : (near_x == '0) ? near_x : near_x - 3'd1;
  wire [2:0] side_y = y_q[0] ? below : (near_y == '0) ? near_y : near_y - 3'd1;
  wire       mixes = !l_q && k_q == '0;
  function [AW-1:0] coarse(input [2:0] x, input [2:0] y);
    coarse = AW'(MAP0 * CF) + (AW'(y) * AW'(W1) + AW'(x)) * AW'(CF);
  endfunction
  wire [AW-1:0] own = (l_q ? AW'(MAP0 * CF) : '0) + (AW'(y_q) * AW'(width) + AW'(x_q)) * AW'(CF);
  // Jobs from the last pixel that is read on, itself with them: as many may not have been written, less one. Block 0 reads
  // what the last block wrote in the iteration before, of the coarser scale where it mixes; other blocks read the block before.
  wire [7:0] index = 8'(y_q) * 8'(width) + 8'(x_q);
  assign open = (l_q ? 8'(K * MAP0) + 8'(k_q) * 8'(MAP1) : 8'(k_q) * 8'(MAP0)) + index - there;
  wire [7:0] since = (k_q != '0) ? (l_q ? 8'(MAP1) : 8'(MAP0))
                   : l_q ? 8'(PIXELS - (K - 1) * MAP1) : 8'(MAP1) + index - (8'(below) * 8'(W1) + 8'(right));
  wire       ready = (first_q && k_q == '0) || open < since;

  always @* if (begun && live) begin
    offers: assert (m_valid == (age_q == 3'd5 && !over));
    ends: assert (done == over);
    if (m_valid) begin
      place: assert (m_l == {2'd0, l_q} && m_k == {1'b0, k_q} && m_first == (mixes && index == '0));
      iteration: assert (m_n < 6'(N) && rest_q[m_n] && (rest_q & ~({N{1'b1}} << m_n)) == '0);
      address: assert (m_own == own);
      if (mixes) taps: assert (m_taps == {coarse(side_x, side_y), coarse(near_x, side_y), coarse(side_x, near_y),
                                          coarse(near_x, near_y)});
      if (mixes) pooled: assert (m_pooled == coarse(near_x, near_y));
      sides: assert ({m_odd, m_left, m_right, m_odd_row, m_bottom} == {x_q[0], x_q == '0, last_x, y_q[0], last_y});
      when: assert (m_ready == ready);
      if (open == '0) moves: assert (m_ready);
    end
    waits: cover (m_valid && !m_ready);
    second: cover (take && !first_q && open != '0);
  end
  always @* if (begun && !rst && !loaded_q) idle: assert (!m_valid && done);
endmodule
`default_nettype wire
