// SPDX-License-Identifier: Apache-2.0
// Lets the pixels of a word leave one by one: those that the map has, from the lowest on. The opposite of hwg_pixel_pack.
//
//   word of LANES values, of each P pixels side by side -> LANES values of a pixel a cycle
//
// latency   one cycle; the next word comes when the pixels of this one have left, its side may come earlier
// reset     drops what waits
`default_nettype none
module hwg_pixel_split #(
    parameter integer LANES = 11,
    parameter integer P = 2,
    parameter integer LW = 12,            // bits of a value
    parameter integer SIDE = 5
) (
    input  wire                  clk,
    input  wire                  rst,
    input  wire                  s_valid,
    input  wire [P-1:0]          s_pixels,
    input  wire [LANES*P*LW-1:0] s_data,
    input  wire [SIDE-1:0]       s_side,
    output wire                  m_valid,
    output reg                   m_first,
    output wire                  m_last,
    output wire [LANES*LW-1:0]   m_data,
    output reg  [SIDE-1:0]       m_side
);
  reg [P-1:0]          left_q;  // pixels to leave, the next one lowest
  reg [LANES*P*LW-1:0] pixels_q;
  assign m_valid = left_q[0];
  assign m_last  = !left_q[1];
  always @(posedge clk) begin
    if (rst) left_q <= '0;
    else left_q <= s_valid ? s_pixels : left_q >> 1;
    m_first <= s_valid;
    if (s_valid) m_side <= s_side;
  end
  genvar i;
  generate
    for (i = 0; i < LANES; i = i + 1) begin : gen_lane
      always @(posedge clk)
        pixels_q[i*P*LW +: P*LW] <= s_valid ? s_data[i*P*LW +: P*LW] : pixels_q[i*P*LW +: P*LW] >> LW;
      assign m_data[i*LW +: LW] = pixels_q[i*P*LW +: LW];
    end
  endgenerate
endmodule
`default_nettype wire
