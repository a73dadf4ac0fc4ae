// SPDX-License-Identifier: Apache-2.0
// Walks the pixels of a frame in the order of the loop: iterations of `mask`, scales, blocks, rows, columns.
//
// load takes a new mask (bit n = iteration n+1); step moves on; both act at the next cycle, on n, last_n, last_x, last_y
// and what follows from them at the one after that. `done` after the last.
// reset     done; limits L <= 8, K <= 8, sizes <= 8191; a step is two cycles or more after a load or another step
`default_nettype none
module hwg_walk #(
    parameter integer L = 3,
    parameter integer K = 1,
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
    output reg  [12:0] x,
    output reg  [12:0] y,
    output wire        first_pixel,
    output wire        last_x,
    output wire        last_y,
    output wire        last_pixel,
    output wire        last_pass,
    output reg         done
);
  reg [63:0] rest_q, later_q;  // iterations from this one on, and after it
  function [5:0] lowest(input [63:0] v);
    integer i;
    begin
      lowest = 6'd0;
      for (i = 63; i >= 0; i = i - 1) if (v[i]) lowest = 6'(i);
    end
  endfunction

  wire [12:0] width, height;
  hwg_select #(.N(L), .W(13), .IW(3)) u_width (.index(l), .entries(MAP_W), .entry(width));
  hwg_select #(.N(L), .W(13), .IW(3)) u_height (.index(l), .entries(MAP_H), .entry(height));

  reg [12:0] right_q, bottom_q;  // last column and row
  assign first_pixel = x == '0 && y == '0;
  assign last_x      = x == right_q;
  assign last_y      = y == bottom_q;
  assign last_pixel  = last_x && last_y;
  assign last_pass   = k == 3'(K - 1) && l == 3'(L - 1);

  always @(posedge clk) begin
    n        <= lowest(rest_q);
    later_q  <= rest_q & (rest_q - 64'd1);
    last_n   <= (rest_q & (rest_q - 64'd1)) == '0;
    right_q  <= width - 13'd1;
    bottom_q <= height - 13'd1;
    if (rst) done <= 1'b1;
    else if (load) begin
      done   <= mask == '0;
      rest_q <= mask;
      {l, k, x, y} <= '0;
    end else if (step) begin
      x <= last_x ? '0 : x + 1'b1;
      if (last_x) y <= last_y ? '0 : y + 1'b1;
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
