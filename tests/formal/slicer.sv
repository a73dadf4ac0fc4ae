// SPDX-License-Identifier: Apache-2.0
// hwg_slicer: every channel of a pixel leaves once, in order, in exactly WORDS cycles; lanes past the end are zero.
`default_nettype none
module proof #(
    parameter integer LANES = 5,
    parameter integer WL    = 2,
    parameter integer WORDS = 3,
    parameter integer LW    = 2,
    parameter integer SIDE  = 2
) (
    input wire                clk,
    input wire                rst,
    input wire                s_valid,
    input wire [LANES*LW-1:0] s_data,
    input wire [SIDE-1:0]     s_side
);
  wire             m_valid, m_first, m_last, begun;
  wire [WL*LW-1:0] m_data;
  wire [SIDE-1:0]  m_side;
  hwg_slicer #(.LANES(LANES), .WL(WL), .WORDS(WORDS), .LW(LW), .SIDE(SIDE)) u_dut (
      .clk(clk), .rst(rst), .s_valid(s_valid), .s_data(s_data), .s_side(s_side), .m_valid(m_valid), .m_first(m_first),
      .m_last(m_last), .m_data(m_data), .m_side(m_side));
  proof_reset u_reset (.clk(clk), .rst(rst), .begun(begun));

  reg                busy_q;
  reg [7:0]          word_q;
  reg [LANES*LW-1:0] pixel_q;
  reg [SIDE-1:0]     side_q;
  wire ends = word_q == 8'(WORDS - 1);
  always @(posedge clk) begin
    busy_q <= !rst && (s_valid || (busy_q && !ends));
    word_q <= s_valid ? 8'd0 : word_q + 8'd1;
    if (s_valid) {pixel_q, side_q} <= {s_data, s_side};
  end
  always @* if (begun && busy_q) assume (!s_valid || ends);  // pixels are WORDS cycles apart
  always @* if (begun) begin
    on_time: assert (m_valid == busy_q);
    if (busy_q) marked: assert (m_first == (word_q == 8'd0) && m_last == ends && m_side == side_q);
    back_to_back: cover (busy_q && ends && s_valid && !rst);
  end
  genvar i;
  generate
    for (i = 0; i < WORDS * WL; i = i + 1) begin : gen_lane
      wire [LW-1:0] lane = m_data[(i%WL)*LW +: LW];
      always @*
        if (begun && busy_q && word_q == 8'(i / WL)) begin
          if (i < LANES) assert (lane == pixel_q[(i<LANES ? i : 0)*LW +: LW]);  // kept
          else assert (lane == '0);  // padded
        end
    end
  endgenerate
endmodule
`default_nettype wire
