// SPDX-License-Identifier: Apache-2.0
// Collects the beats of one pixel, Q lanes each, into a register of all LANES channels; beats past the end are dropped.
//
// latency   last beat at cycle i -> m_valid for one cycle, and the pixel, at cycle i+1
// reset     drops the beats in hand; limits Q >= 1, LANES >= 1
`default_nettype none
module hwg_pixel_pack #(
    parameter integer Q     = 1,
    parameter integer LANES = 51,
    parameter integer LW    = 8,
    parameter integer SIDE  = 1
) (
    input  wire                clk,
    input  wire                rst,
    input  wire                s_valid,
    input  wire                s_last,
    input  wire [Q*LW-1:0]     s_data,
    input  wire [SIDE-1:0]     s_side,
    output reg                 m_valid,
    output wire [LANES*LW-1:0] m_data,
    output reg  [SIDE-1:0]     m_side
);
  localparam integer BEATS = (LANES + Q - 1) / Q;
  reg [BEATS*Q*LW-1:0] lanes_q;
  reg [BEATS-1:0]      at_q;  // place of the next beat, one bit each; none past the end
  wire unused = &{1'b0, lanes_q};  // lanes past the last channel
  integer i;

  assign m_data = lanes_q[LANES*LW-1:0];
  always @(posedge clk) begin
    m_valid <= !rst && s_valid && s_last;
    for (i = 0; i < BEATS; i = i + 1) if (s_valid && at_q[i]) lanes_q[i*Q*LW +: Q*LW] <= s_data;
    if (rst || (s_valid && s_last)) at_q <= BEATS'(1);
    else if (s_valid) at_q <= BEATS'({at_q, 1'b0});
    if (s_valid) m_side <= s_side;
  end
endmodule
`default_nettype wire
