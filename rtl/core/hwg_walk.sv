// SPDX-License-Identifier: Apache-2.0
// Walks the pixels of a frame in the order of the loop: iterations of `mask`, scales, blocks, rows, columns.
//
// load takes a new mask (bit n = iteration n+1); step moves on; both act at the next cycle, on n and last_n at the one
// after that. What lies ahead (is the next column the last one?) is compared before it is needed, so that the flags are
// registers. `done` after the last.
// reset     done; limits L <= 8, K <= 8, N <= 64, sizes <= 8191, scale 0 the largest; a step is two cycles or more after
//           a load or another step
`default_nettype none
module hwg_walk #(
    parameter integer L = 3,
    parameter integer K = 1,
    parameter integer N = 64,
    parameter [L*13-1:0] MAP_W = '0,
    parameter [L*13-1:0] MAP_H = '0
) (
    input  wire        clk,
    input  wire        rst,
    input  wire        load,
    input  wire [63:0] mask,
    input  wire        step,
    output reg  [5:0]  n,           // the lowest iteration of rest_q
    output reg         last_n,      // no other in it
    output reg  [2:0]  l,
    output reg  [2:0]  k,
    output wire [12:0] x,
    output wire [12:0] y,
    output reg         first_pixel,
    output reg         last_x,
    output reg         last_y,
    output wire        last_pixel,
    output reg         last_pass,   // a cycle later than l and k
    output reg         done
);
  localparam integer XW = (MAP_W[12:0] > 13'd1) ? $clog2(32'(MAP_W[12:0]) + 1) : 1;
  localparam integer YW = (MAP_H[12:0] > 13'd1) ? $clog2(32'(MAP_H[12:0]) + 1) : 1;
  reg  [N-1:0] rest_q, later_q;  // iterations from this one on, and after it
  wire [N-1:0] later  = rest_q & (rest_q - 1'b1);
  wire [N-1:0] lowest = rest_q & ~later;
  reg  [5:0]   index;            // of the one bit in lowest
  integer i;
  always @* begin
    index = '0;
    for (i = 0; i < N; i = i + 1) if (lowest[i]) index = index | 6'(i);
  end

  // The map in hand, and the one after it.
  localparam [2:0] LAST_L = 3'(L - 1);
  wire        last_k = k == 3'(K - 1);
  wire [2:0]  next_l = !last_k ? l : (l == LAST_L) ? 3'd0 : l + 3'd1;
  wire [12:0] width, height, next_width, next_height;
  hwg_select #(.N(L), .W(13), .IW(3)) u_width (.index(l), .entries(MAP_W), .entry(width));
  hwg_select #(.N(L), .W(13), .IW(3)) u_height (.index(l), .entries(MAP_H), .entry(height));
  hwg_select #(.N(L), .W(13), .IW(3)) u_next_width (.index(next_l), .entries(MAP_W), .entry(next_width));
  hwg_select #(.N(L), .W(13), .IW(3)) u_next_height (.index(next_l), .entries(MAP_H), .entry(next_height));

  reg [XW-1:0] x_q, before_right_q;   // column, the one before the last
  reg [YW-1:0] y_q, before_bottom_q;  // row, the one before the last
  reg  [2:0]   next_l_q, next_k_q;
  reg          narrow_q, next_narrow_q, next_flat_q;  // maps of one column, of one row
  assign x          = 13'(x_q);
  assign y          = 13'(y_q);
  assign last_pixel = last_x && last_y;
  wire unused = &{1'b0, mask, width, height};  // upper bits

  always @(posedge clk) begin
    n        <= index;
    later_q  <= later;
    last_n   <= later == '0;
    before_right_q  <= XW'(width) - XW'(2);
    before_bottom_q <= YW'(height) - YW'(2);
    narrow_q        <= width == 13'd1;
    next_narrow_q   <= next_width == 13'd1;
    next_flat_q     <= next_height == 13'd1;
    last_pass       <= last_k && l == LAST_L;
    next_l_q        <= next_l;
    next_k_q        <= last_k ? '0 : k + 1'b1;
    if (rst) done <= 1'b1;
    else if (load) begin
      done   <= mask[N-1:0] == '0;
      rest_q <= mask[N-1:0];
      {l, k, x_q, y_q} <= '0;
      first_pixel <= 1'b1;
      last_x      <= MAP_W[12:0] == 13'd1;
      last_y      <= MAP_H[12:0] == 13'd1;
    end else if (step) begin
      x_q <= last_x ? '0 : x_q + 1'b1;
      if (last_x) y_q <= last_y ? '0 : y_q + 1'b1;
      first_pixel <= last_pixel;
      last_x      <= last_pixel ? next_narrow_q : last_x ? narrow_q : x_q == before_right_q;
      if (last_x) last_y <= last_y ? next_flat_q : y_q == before_bottom_q;
      if (last_pixel) begin
        k <= next_k_q;
        l <= next_l_q;
        if (last_pass) begin
          rest_q <= later_q;
          done   <= last_n;
        end
      end
    end
  end
endmodule
`default_nettype wire
