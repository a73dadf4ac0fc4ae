// SPDX-License-Identifier: Apache-2.0
// Walks the pixels of a frame in the order of the loop: iterations of `mask`, scales, blocks, rows, columns.
//
// load takes a new mask (bit n = iteration n+1); step moves on; both act at the next cycle, on n, last_n, last_x, last_y
// and what follows from them at the one after that. `done` after the last.
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
    output wire        first_pixel,
    output wire        last_x,
    output wire        last_y,
    output wire        last_pixel,
    output wire        last_pass,
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

  wire [12:0] width, height;
  hwg_select #(.N(L), .W(13), .IW(3)) u_width (.index(l), .entries(MAP_W), .entry(width));
  hwg_select #(.N(L), .W(13), .IW(3)) u_height (.index(l), .entries(MAP_H), .entry(height));

  reg [XW-1:0] x_q, right_q;   // column, the last one
  reg [YW-1:0] y_q, bottom_q;  // row, the last one
  assign x           = 13'(x_q);
  assign y           = 13'(y_q);
  assign first_pixel = x_q == '0 && y_q == '0;
  assign last_x      = x_q == right_q;
  assign last_y      = y_q == bottom_q;
  wire unused = &{1'b0, mask, width, height};  // upper bits
  assign last_pixel  = last_x && last_y;
  assign last_pass   = k == 3'(K - 1) && l == 3'(L - 1);

  always @(posedge clk) begin
    n        <= index;
    later_q  <= later;
    last_n   <= later == '0;
    right_q  <= XW'(width) - 1'b1;
    bottom_q <= YW'(height) - 1'b1;
    if (rst) done <= 1'b1;
    else if (load) begin
      done   <= mask[N-1:0] == '0;
      rest_q <= mask[N-1:0];
      {l, k, x_q, y_q} <= '0;
    end else if (step) begin
      x_q <= last_x ? '0 : x_q + 1'b1;
      if (last_x) y_q <= last_y ? '0 : y_q + 1'b1;
      if (last_pixel) begin
        k <= (k == 3'(K - 1)) ? '0 : k + 1'b1;
        if (k == 3'(K - 1)) l <= (l == 3'(L - 1)) ? '0 : l + 1'b1;
        if (last_pass) begin
          rest_q <= later_q;
          done   <= last_n;
        end
      end
    end
  end
endmodule
`default_nettype wire
