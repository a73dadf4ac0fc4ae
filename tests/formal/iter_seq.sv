// SPDX-License-Identifier: Apache-2.0
// hwg_iter_seq with two scales: the jobs of the loop in order, each valid three cycles after the one before was taken, five
// after a load; addresses of the pixel and of the four pixels of the coarser map that are mixed into it; marks of pooling;
// ready only when all that the job reads has been written, and once every job before it has. Done after the last.
`default_nettype none
module proof #(
    parameter integer K  = 1,
    parameter integer W0 = 3,
    parameter integer H0 = 2,
    parameter integer W1 = 2,
    parameter integer H1 = 1,
    parameter integer CF = 1
) (
    input wire       clk,
    input wire       rst,
    input wire       load,
    input wire [1:0] mask,     // of the first and the third iteration
    input wire       take,
    input wire       written
);
  localparam integer P0 = W0 * H0, P1 = W1 * H1, PIXELS = K * (P0 + P1);
  localparam integer AW = $clog2((P0 + P1) * CF);
  localparam integer CW = $clog2(2 * PIXELS + 1);  // of pixels in two iterations
  localparam [2*K*24-1:0] OFFSET = (K == 1) ? 96'({24'(P0), 24'd0}) : 96'({24'(2*P0+P1), 24'(2*P0), 24'(P0), 24'd0});
  wire            m_valid, m_first, m_ready, m_pool_first, m_pool_last, done, begun;
  wire [5:0]      m_n;
  wire [2:0]      m_l, m_k;
  wire [AW-1:0]   m_own, m_pooled;
  wire [4*AW-1:0] m_taps;
  wire [1:0]      m_pool_weight;
  hwg_iter_seq #(
      .L(2), .K(K), .N(3), .AW(AW), .MAP_W({13'(W1), 13'(W0)}), .MAP_H({13'(H1), 13'(H0)}), .BASE({AW'(P0 * CF), AW'(0)}),
      .OFFSET(OFFSET), .PIXELS(PIXELS), .CF(CF)) u_dut (
      .clk(clk), .rst(rst), .load(load), .mask({61'd0, mask[1], 1'b0, mask[0]}), .take(take), .written(written),
      .m_valid(m_valid), .m_n(m_n), .m_l(m_l), .m_k(m_k), .m_first(m_first), .m_own(m_own), .m_taps(m_taps),
      .m_pooled(m_pooled), .m_ready(m_ready), .m_pool_first(m_pool_first), .m_pool_last(m_pool_last),
      .m_pool_weight(m_pool_weight), .done(done));
  proof_reset u_reset (.clk(clk), .rst(rst), .begun(begun));

  // The job that comes next, and how many pixels have been taken and written since the load.
  reg          live_q, more_q, second_q, third_q;  // jobs left; an iteration left after this one; in the second, the third
  reg          l_q, k_q;
  reg [3:0]    x_q, y_q;
  reg [2:0]    age_q;
  reg          loaded_q;  // no job taken since the load
  reg [CW-1:0] taken_q, written_q;
  wire [3:0]   width  = l_q ? 4'(W1) : 4'(W0), height = l_q ? 4'(H1) : 4'(H0);
  wire         last_x = x_q + 4'd1 == width, last_y = y_q + 4'd1 == height;
  wire         last_pass = l_q && k_q == 1'(K - 1);
  always @* if (begun) begin
    if (take) assume (m_valid && m_ready && !load);
    if (written) assume (written_q != taken_q);
    if (load) assume (!live_q && written_q == taken_q && mask != '0);
  end
  always @(posedge clk) begin
    written_q <= written_q + CW'(written);
    age_q     <= (age_q == 3'd7) ? age_q : age_q + 3'd1;
    if (take) begin
      taken_q  <= taken_q + 1'b1;
      age_q    <= 3'd1;
      loaded_q <= 1'b0;
      x_q      <= last_x ? '0 : x_q + 4'd1;
      if (last_x) y_q <= last_y ? '0 : y_q + 4'd1;
      if (last_x && last_y) begin
        k_q <= (k_q == 1'(K - 1)) ? 1'b0 : 1'b1;
        if (k_q == 1'(K - 1)) l_q <= !l_q;
        if (last_pass) begin
          live_q   <= more_q;
          more_q   <= 1'b0;
          second_q <= 1'b1;
          third_q  <= 1'b1;
        end
      end
    end
    if (load) begin
      live_q    <= 1'b1;
      more_q    <= mask == 2'd3;
      second_q  <= 1'b0;
      third_q   <= mask == 2'd2;
      {l_q, k_q, x_q, y_q} <= '0;
      {taken_q, written_q} <= '0;
      age_q     <= 3'd1;
      loaded_q  <= 1'b1;
    end
    if (rst) begin
      live_q <= 1'b0;
      {taken_q, written_q} <= '0;
      age_q  <= 3'd7;
    end
  end

  // Places in the maps: a pixel of the finer map lies between the near one and the one to its side.
  function automatic [3:0] side(input [3:0] at, input [3:0] size);
    side = at[0] ? ((at >> 1) + 4'd1 < size ? (at >> 1) + 4'd1 : at >> 1) : (at == '0 ? 4'd0 : (at >> 1) - 4'd1);
  endfunction
  function automatic [AW-1:0] coarse(input [3:0] y, input [3:0] x);
    coarse = AW'((P0 + 32'(y) * W1 + 32'(x)) * CF);
  endfunction
  wire [3:0] sx = side(x_q, 4'(W1)), sy = side(y_q, 4'(H1));
  wire [3:0] right = (sx > (x_q >> 1)) ? sx : x_q >> 1, below = (sy > (y_q >> 1)) ? sy : y_q >> 1;
  wire       mixes = !l_q && !k_q;
  wire [7:0] pixel = 8'(y_q) * 8'(width) + 8'(x_q);
  // Pixels that have to be written, counted from the load.
  wire [7:0] iteration = second_q ? 8'(PIXELS) : 8'd0;
  wire [7:0] coarse_end = 8'(K * P0 + (K - 1) * P1) + 8'(below) * 8'(W1) + 8'(right) + 8'd1;
  wire [7:0] own_end = 8'(K * P0 + (K - 1) * P1) + pixel + 8'd1;
  wire [7:0] needed = k_q ? iteration + (l_q ? 8'(K * P0) : 8'd0) + pixel + 8'd1
                      : !second_q ? 8'd0 : mixes ? coarse_end : own_end;
  reg        still_q;  // all that was taken had been written, a cycle ago too
  always @(posedge clk) still_q <= m_valid && written_q == taken_q && !take;
  always @* if (begun) begin
    valid: assert (m_valid == (live_q && age_q >= (loaded_q ? 3'd5 : 3'd3)));
    if (age_q >= 3'd3) done_is: assert (done == !live_q);
    if (m_valid) begin
      job: assert (m_n == (third_q ? 6'd2 : 6'd0) && m_l == 3'(l_q) && m_k == 3'(k_q));
      first: assert (m_first == (!l_q && !k_q && x_q == '0 && y_q == '0));
      own: assert (m_own == AW'(((l_q ? P0 : 0) + 32'(pixel)) * CF));
      if (mixes) taps: assert (m_taps == {coarse(sy, sx), coarse(sy, x_q >> 1), coarse(y_q >> 1, sx),
                                          coarse(y_q >> 1, x_q >> 1)});
      if (mixes) pooled: assert (m_pooled == coarse(y_q >> 1, x_q >> 1));
      pool: assert (m_pool_first == (!x_q[0] && !y_q[0]) && m_pool_last == ((x_q[0] || last_x) && (y_q[0] || last_y))
                    && m_pool_weight == 2'(last_x && !x_q[0]) + 2'(last_y && !y_q[0]));
      if (m_ready) safe: assert (8'(written_q) >= needed);
      if (still_q) no_hang: assert (m_ready);
    end
    early: cover (m_valid && m_ready && second_q && mixes && taken_q != written_q);
    late: cover (m_valid && !m_ready && second_q);
  end
endmodule
`default_nettype wire
