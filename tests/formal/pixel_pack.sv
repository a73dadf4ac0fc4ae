// SPDX-License-Identifier: Apache-2.0
// hwg_pixel_pack: the pixel holds, at its one valid cycle, every channel as its beat brought it, however long the pauses
// between the beats, and however many beats come past the last channel.
`default_nettype none
module proof #(
    parameter integer Q     = 2,
    parameter integer LANES = 5,
    parameter integer LW    = 2,
    parameter integer SIDE  = 2,
    parameter integer MORE  = 2   // beats past the end
) (
    input wire            clk,
    input wire            rst,
    input wire            s_valid,
    input wire            s_first,
    input wire            s_last,
    input wire [Q*LW-1:0] s_data,
    input wire [SIDE-1:0] s_side
);
  localparam integer BEATS = (LANES + Q - 1) / Q;
  wire                m_valid, begun;
  wire [LANES*LW-1:0] m_data;
  wire [SIDE-1:0]     m_side;
  hwg_pixel_pack #(.Q(Q), .LANES(LANES), .LW(LW), .SIDE(SIDE)) u_dut (
      .clk(clk), .rst(rst), .s_valid(s_valid), .s_last(s_last), .s_data(s_data), .s_side(s_side),
      .m_valid(m_valid), .m_data(m_data), .m_side(m_side));
  proof_reset u_reset (.clk(clk), .rst(rst), .begun(begun));

  // Beats as they come: the first one opens a pixel, the last one closes it, there are enough of them.
  reg       open_q;
  reg [7:0] beats_q;
  wire [7:0] beat = s_first ? 8'd0 : beats_q;
  always @(posedge clk) begin
    if (rst) open_q <= 1'b0;
    else if (s_valid) open_q <= !s_last;
    if (s_valid) beats_q <= beat + 8'd1;
  end
  always @* if (begun && s_valid) assume (s_first == !open_q && (!s_last || beat >= 8'(BEATS - 1))
                                          && beat < 8'(BEATS + MORE));
  // The watched channel.
  (* anyconst *) wire [7:0] channel;
  reg [LW-1:0]  value_q;
  reg           ended_q;
  reg [SIDE-1:0] side_q;
  always @* assume (channel < 8'(LANES));
  integer q;
  always @(posedge clk) begin
    for (q = 0; q < Q; q = q + 1) if (s_valid && beat * Q + q == 32'(channel)) value_q <= s_data[q*LW +: LW];
    ended_q <= !rst && s_valid && s_last;
    if (s_valid) side_q <= s_side;
  end
  always @* if (begun) begin
    once: assert (m_valid == ended_q);
    if (m_valid) kept: assert (m_data[channel*LW +: LW] == value_q && m_side == side_q);
    longer: cover (m_valid && beats_q == 8'(BEATS + MORE) && s_valid);
  end
endmodule
`default_nettype wire
