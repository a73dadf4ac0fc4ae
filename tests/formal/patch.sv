// SPDX-License-Identifier: Apache-2.0
// hwg_patch: patch (px, py) holds pixel (2px + c - 1, 2py + r - 1) at tap (r, c), zero outside the image, for a pixel that
// the solver chooses; the patches of a frame come in order, all of them, and no more; none is lost under stalls.
`default_nettype none
module proof #(
    parameter integer W = 3,
    parameter integer H = 3,
    parameter integer SYMMETRIC = 0,
    parameter integer DEPTH = 2,
    parameter integer BEAT = 1
) (
    input wire        clk,
    input wire        rst,
    input wire        load,
    input wire        s_valid,
    input wire [24*BEAT-1:0] s_data,
    input wire        m_ready
);
  localparam integer PW = (SYMMETRIC != 0) ? 9 : 8;
  localparam integer EACH = (BEAT > 2) ? BEAT / 2 : 1;
  localparam integer PX = (W + 1) / 2 / EACH, PY = (H + 1) / 2;  // words of a row, rows
  wire             s_ready, m_valid, begun;
  wire [27*EACH*PW-1:0] m_data;
  hwg_patch #(.W(W), .H(H), .SYMMETRIC(SYMMETRIC), .PB(PW), .DEPTH(DEPTH), .BEAT(BEAT)) u_dut (
      .clk(clk), .rst(rst), .load(load), .s_valid(s_valid), .s_ready(s_ready), .s_data(s_data), .m_valid(m_valid),
      .m_ready(m_ready), .m_data(m_data));
  proof_reset u_reset (.clk(clk), .rst(rst), .begun(begun));
  proof_stream #(.WIDTH(27 * EACH * PW)) u_stream (
      .clk(clk), .rst(rst), .valid(m_valid), .ready(m_ready), .data(m_data));
  // A frame follows the one before when all its patches have left.
  reg       open_q;
  reg [7:0] x_q, y_q, px_q, py_q;
  wire taken = s_valid && s_ready, given = m_valid && m_ready;
  wire last_patch = given && px_q == 8'(PX - 1) && py_q == 8'(PY - 1);
  always @* if (begun && load) assume (!open_q && !rst);
  always @(posedge clk) begin
    open_q <= !rst && (load || (open_q && !last_patch));
    if (load) {x_q, y_q, px_q, py_q} <= '0;
    else begin
      if (taken) {y_q, x_q} <= (x_q == 8'(W / BEAT - 1)) ? {y_q + 8'd1, 8'd0} : {y_q, x_q + 8'd1};
      if (given) {py_q, px_q} <= (px_q == 8'(PX - 1)) ? {py_q + 8'd1, 8'd0} : {py_q, px_q + 8'd1};
    end
  end
  // The watched pixel, in the number format of the network.
  (* anyconst *) wire [7:0] x0, y0;
  reg  [3*PW-1:0] pixel_q;
  always @* assume (x0 < 8'(W) && y0 < 8'(H));
  integer c, e;
  always @(posedge clk)
    for (e = 0; e < BEAT; e = e + 1)
      if (taken && x_q * 8'(BEAT) + 8'(e) == x0 && y_q == y0)
        for (c = 0; c < 3; c = c + 1)
          pixel_q[c*PW +: PW] <= (SYMMETRIC != 0) ? PW'({1'b0, s_data[(3*e+c)*8 +: 8], 1'b0}) - PW'(255)
                                                  : PW'(s_data[(3*e+c)*8 +: 8]);
  reg right;
  integer r, k, n, d;
  reg signed [9:0] x, y;
  reg [3*PW-1:0]   tap;
  always @* begin
    right = 1'b1;
    for (n = 0; n < 9 * EACH; n = n + 1) begin
        r = n / EACH / 3;
        k = n / EACH % 3;
        for (d = 0; d < 3; d = d + 1) tap[d*PW +: PW] = m_data[((n/EACH*3+d)*EACH + n%EACH)*PW +: PW];
        x = $signed({1'b0, px_q, 1'b0}) * 10'(EACH) + 10'(2 * (n % EACH) + k) - 10'sd1;
        y = $signed({1'b0, py_q, 1'b0}) + 10'(r) - 10'sd1;
        if (x < 0 || y < 0 || x >= W || y >= H) begin
          if (tap != '0) right = 1'b0;
        end else if (x == $signed({2'b0, x0}) && y == $signed({2'b0, y0})) begin
          if (tap != pixel_q) right = 1'b0;
        end
      end
  end
  reg [5:0] waits_q;
  always @(posedge clk) waits_q <= (rst || load || !open_q || !m_ready || (s_ready && !s_valid) || given) ? '0 : waits_q + 6'd1;
  always @* if (begun && !rst) begin
    if (m_valid) asked: assert (open_q);
    if (s_ready) in_image: assert (open_q && x_q < 8'(W / BEAT) && y_q < 8'(H));
    if (m_valid) taps: assert (right);
    moves: assert (waits_q < 6'(2 * (W + 3) + 6));
    whole: cover (last_patch);
  end
endmodule
`default_nettype wire
