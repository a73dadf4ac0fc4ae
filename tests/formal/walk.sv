// SPDX-License-Identifier: Apache-2.0
// hwg_walk: every pixel of every block, scale and iteration of the mask is visited once and none twice, in the order of
// the loop; `done` when all have been, and the marks where they belong.
`default_nettype none
module proof #(
    parameter integer K  = 2,
    parameter integer W0 = 2,
    parameter integer H0 = 2,
    parameter integer W1 = 1,
    parameter integer H1 = 2,
    parameter integer BITS = 3   // iterations that the mask may have: 1, 6 and 64
) (
    input wire        clk,
    input wire        rst,
    input wire        load,
    input wire [63:0] mask,
    input wire        step
);
  localparam integer L = 2;
  localparam [63:0] ALLOWED = (BITS == 3) ? 64'h8000_0000_0000_0021 : 64'h21;
  wire [5:0]  n;
  wire [2:0]  l, k;
  wire [12:0] x, y;
  wire        first_pixel, last_n, last_x, last_y, last_pixel, last_pass, done, begun;
  hwg_walk #(.L(L), .K(K), .MAP_W({13'(W1), 13'(W0)}), .MAP_H({13'(H1), 13'(H0)})) u_dut (
      .clk(clk), .rst(rst), .load(load), .mask(mask), .step(step), .n(n), .last_n(last_n), .l(l), .k(k), .x(x), .y(y),
      .first_pixel(first_pixel), .last_x(last_x), .last_y(last_y), .last_pixel(last_pixel), .last_pass(last_pass),
      .done(done));
  proof_reset u_reset (.clk(clk), .rst(rst), .begun(begun));
  reg settled_q;  // a step is two cycles or more after a load or another step
  always @(posedge clk) settled_q <= !load && !step && !rst;
  always @* begin
    assume ((mask & ~ALLOWED) == '0);
    if (begun && step) assume (!done && settled_q);
  end

  reg  [63:0] mask_q;
  reg         moved_q;   // a step before this one, since the load
  reg  [37:0] before_q;
  wire [37:0] at    = {n, l, k, y, x};
  wire [12:0] width = (l == 3'd0) ? 13'(W0) : 13'(W1);
  wire [12:0] height = (l == 3'd0) ? 13'(H0) : 13'(H1);
  wire visit = step && !load && !rst;
  always @(posedge clk) begin
    if (load) mask_q <= mask;
    moved_q <= !rst && !load && (moved_q || visit);
    if (visit) before_q <= at;
  end
  // The watched place, any of those that there are.
  (* anyconst *) wire [5:0]  n0;
  (* anyconst *) wire [2:0]  l0, k0;
  (* anyconst *) wire [12:0] x0, y0;
  always @* assume (ALLOWED[n0] && l0 < 3'(L) && k0 < 3'(K) && x0 < (l0 == 3'd0 ? 13'(W0) : 13'(W1))
                    && y0 < (l0 == 3'd0 ? 13'(H0) : 13'(H1)));
  wire here = at == {n0, l0, k0, y0, x0};
  reg  visited_q;
  reg  loaded_q;
  always @(posedge clk) begin
    visited_q <= !rst && !load && (visited_q || (visit && here));
    loaded_q  <= !rst && (load || loaded_q);
  end
  always @* if (begun && loaded_q) begin
    if (!done && settled_q) begin
      exists: assert (mask_q[n] && l < 3'(L) && k < 3'(K) && x < width && y < height);
      marked: assert (first_pixel == (x == '0 && y == '0) && last_x == (x + 13'd1 == width)
                      && last_y == (y + 13'd1 == height) && last_pixel == (last_x && last_y)
                      && last_pass == (l == 3'(L - 1) && k == 3'(K - 1))
                      && last_n == ((mask_q & (64'hffff_ffff_ffff_fffe << n)) == '0));
      if (moved_q) forward: assert (at > before_q);
      if (here) once: assert (!visited_q);
    end
    if (done && settled_q) complete: assert (visited_q == mask_q[n0]);
    whole: cover (done && visited_q && mask_q == ALLOWED);
  end
  always @* if (begun && !loaded_q) idle: assert (done);
endmodule
`default_nettype wire
