// SPDX-License-Identifier: Apache-2.0
// Collects the beats of one pixel, Q lanes each, into a register of all LANES channels; beats past the end are dropped.
//
// latency   last beat at cycle i -> m_valid for one cycle, and the pixel, at cycle i+1
// reset     clears valid only; limits Q >= 1, LANES >= 1
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
    input  wire                s_first,
    input  wire                s_last,
    input  wire [Q*LW-1:0]     s_data,
    input  wire [SIDE-1:0]     s_side,
    output reg                 m_valid,
    output wire [LANES*LW-1:0] m_data,
    output reg  [SIDE-1:0]     m_side
);
  localparam integer BEATS = (LANES + Q - 1) / Q;
  localparam integer CW    = $clog2(BEATS + 1);
  reg  [BEATS*Q*LW-1:0] lanes_q;
  reg  [CW-1:0]         beat_q;
  wire [CW-1:0]         beat = s_first ? '0 : beat_q;
  wire unused = &{1'b0, lanes_q};  // lanes past the last channel
  integer i;

  assign m_data = lanes_q[LANES*LW-1:0];
  always @(posedge clk) begin
    m_valid <= !rst && s_valid && s_last;
    if (s_valid) begin
      for (i = 0; i < BEATS; i = i + 1) if (beat == CW'(i)) lanes_q[i*Q*LW +: Q*LW] <= s_data;
      if (beat != CW'(BEATS)) beat_q <= beat + 1'b1;
      else beat_q <= beat;
      m_side <= s_side;
    end
  end
endmodule
`default_nettype wire
