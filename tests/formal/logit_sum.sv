// SPDX-License-Identifier: Apache-2.0
// hwg_logit_sum: each pixel of T leaves once, in order, and is the sum of the scales' logits, each brought to scale 0 by
// up2 as docs/arithmetic.md defines it; its row is announced once, after it, and only into room that the ring has; a
// margin of one class is 0; nothing hangs. The solver chooses the logits, which all outputs share; the ring is not read.
`default_nettype none
module proof #(
    parameter integer L    = 2,
    parameter integer W0   = 2,
    parameter integer H0   = 2,
    parameter integer LB   = 2,
    parameter integer ROWS = 2,
    parameter integer WAIT = 24,  // cycles between pixels
    parameter integer CALM = 0    // 1: only the ring's reader pauses, no reset
) (
    input wire clk,
    input wire rst,
    input wire write,  // the classification unit: a logit
    input wire free    // the up-sampler gives a row back
);
  // Sizes of the maps, each half of the one before, rounded up.
  localparam integer W1 = (W0 + 1) / 2, H1 = (H0 + 1) / 2, W2 = (W1 + 1) / 2, H2 = (H1 + 1) / 2;
  localparam integer P0 = W0 * H0, P1 = W1 * H1, P2 = W2 * H2;
  localparam integer PIXELS = P0 + P1 + ((L > 2) ? P2 : 0);
  localparam [38:0] MAP_W = {13'(W2), 13'(W1), 13'(W0)};
  localparam [38:0] MAP_H = {13'(H2), 13'(H1), 13'(H0)};
  localparam [71:0] BASE = {24'(P0 + P1), 24'(P0), 24'd0};
  localparam integer TB = LB + $clog2(L);
  localparam integer GAW = $clog2(PIXELS), TAW = $clog2(ROWS * W0);
  wire          blocked, coarse_free, row_done, margin_valid, probe_valid, begun;
  wire [25:0]   fine_free;
  wire [TB-1:0] probe, t_data;
  wire [31:0]   margin;
  wire [0:0]    unused_data = ^t_data;
  (* anyconst *) wire [PIXELS*LB-1:0] logits;
  // One output after the other: its logits are written, all of them, then it is done; the next is written when it has left.
  reg  [3:0]          at_q, left_q;  // next logit; pixels of T that have not left
  reg  [PIXELS*LB-1:0] to_write_q;
  wire                last = at_q == 4'(PIXELS - 1);
  wire                put = write && begun && !rst && left_q == '0;
  always @(posedge clk)
    if (rst || (put && last)) {at_q, to_write_q} <= {4'd0, logits};
    else if (put) {at_q, to_write_q} <= {at_q + 4'd1, to_write_q >> LB};
  hwg_logit_sum #(
      .L(L), .MAP_W(MAP_W[L*13-1:0]), .MAP_H(MAP_H[L*13-1:0]), .LOGIT_BASE(BASE[L*24-1:0]), .U_BASE({L*L*24{1'b0}}),
      .LOGIT_WORDS(PIXELS), .U_WORDS(P1), .C(1), .LB(LB), .TB(TB), .ROWS(ROWS)) u_dut (
      .clk(clk), .rst(rst), .output_issued(put && last), .output_done(put && last), .logit_valid(put),
      .logit_addr(GAW'(at_q)), .logit_data(to_write_q[LB-1:0]), .blocked(blocked), .fine_free(fine_free),
      .coarse_free(coarse_free), .row_done(row_done), .rows_freed({2'd0, free}), .t_re(1'b0), .t_addr(TAW'(0)),
      .t_data(t_data), .margin_valid(margin_valid), .margin(margin), .probe_valid(probe_valid), .probe_data(probe));
  proof_reset u_reset (.clk(clk), .rst(rst), .begun(begun));

  // T of every pixel: maps are made finer one scale at a time, each time rounding once.
  reg [P0*TB-1:0]      sums;
  reg [PIXELS*LB-1:0]  maps;
  reg [P1*LB-1:0]      fine;       // scale 2 at scale 1
  reg signed [LB+4:0]  sum;
  reg signed [TB-1:0]  total;
  integer              px, py, nx, ny, sx, sy;
  function signed [LB+4:0] v(input [LB-1:0] logit);
    v = (LB+5)'($signed(logit));
  endfunction
  always @* begin
    maps = logits;
    fine = '0;
    if (L > 2)
      for (py = 0; py < H1; py = py + 1)
        for (px = 0; px < W1; px = px + 1) begin
          {nx, ny} = {px / 2, py / 2};
          sx = (px % 2 == 0) ? ((nx > 0) ? nx - 1 : 0) : (nx + 1 < W2) ? nx + 1 : nx;
          sy = (py % 2 == 0) ? ((ny > 0) ? ny - 1 : 0) : (ny + 1 < H2) ? ny + 1 : ny;
          sum = 9 * v(maps[((L>2?P0+P1:0)+ny*W2+nx)*LB +: LB]) + 3 * v(maps[((L>2?P0+P1:0)+ny*W2+sx)*LB +: LB])
              + 3 * v(maps[((L>2?P0+P1:0)+sy*W2+nx)*LB +: LB]) + v(maps[((L>2?P0+P1:0)+sy*W2+sx)*LB +: LB]) + 8;
          fine[(py*W1+px)*LB +: LB] = sum[4 +: LB];
        end
    for (py = 0; py < H0; py = py + 1)
      for (px = 0; px < W0; px = px + 1) begin
        {nx, ny} = {px / 2, py / 2};
        sx = (px % 2 == 0) ? ((nx > 0) ? nx - 1 : 0) : (nx + 1 < W1) ? nx + 1 : nx;
        sy = (py % 2 == 0) ? ((ny > 0) ? ny - 1 : 0) : (ny + 1 < H1) ? ny + 1 : ny;
        total = TB'($signed(maps[(py*W0+px)*LB +: LB]));
        sum = 9 * v(maps[(P0+ny*W1+nx)*LB +: LB]) + 3 * v(maps[(P0+ny*W1+sx)*LB +: LB])
            + 3 * v(maps[(P0+sy*W1+nx)*LB +: LB]) + v(maps[(P0+sy*W1+sx)*LB +: LB]) + 8;
        total = total + TB'(sum >>> 4);
        sum = 9 * v(fine[(ny*W1+nx)*LB +: LB]) + 3 * v(fine[(ny*W1+sx)*LB +: LB])
            + 3 * v(fine[(sy*W1+nx)*LB +: LB]) + v(fine[(sy*W1+sx)*LB +: LB]) + 8;
        if (L > 2) total = total + TB'(sum >>> 4);
        sums[(py*W0+px)*TB +: TB] = total;
      end
  end
  reg [P0*TB-1:0] to_leave_q;
  reg [3:0]       x_q, held_q;  // of the pixel that leaves; rows of the ring that are announced and not given back
  reg [7:0]       waits_q;
  reg             row_q;        // a row is complete
  wire            full = held_q == 4'(ROWS);
  always @* if (begun) begin
    if (free) assume (held_q != '0);
    if (CALM != 0) assume (!rst && write);
  end
  always @(posedge clk) begin
    if (rst) {left_q, x_q, held_q, row_q, waits_q} <= '0;
    else begin
      left_q  <= (put && last) ? 4'(P0) : left_q - 4'(probe_valid);
      if (probe_valid) x_q <= (x_q == 4'(W0 - 1)) ? 4'd0 : x_q + 4'd1;
      row_q   <= probe_valid && x_q == 4'(W0 - 1);
      held_q  <= held_q + 4'(row_done) - 4'(free);
      waits_q <= (left_q == '0 || probe_valid || full) ? 8'd0 : waits_q + 8'd1;
    end
    to_leave_q <= (put && last) ? sums : probe_valid ? to_leave_q >> TB : to_leave_q;
  end
  wire unused = &{1'b0, blocked, fine_free, coarse_free, unused_data};
  always @* if (begun && !rst) begin
    if (probe_valid) asked: assert (left_q != '0);
    if (probe_valid) exact: assert (probe == to_leave_q[TB-1:0]);
    announced: assert (row_done == row_q);
    if (row_done) room: assert (!full);
    if (margin_valid) no_margin: assert (margin == '0);
    no_hang: assert (waits_q < 8'(WAIT));
    whole_output: cover (probe_valid && left_q == 4'd1);
    least: cover (probe_valid && $signed(probe) == -(L << (LB - 1)));
  end
endmodule
`default_nettype wire
