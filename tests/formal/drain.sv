// SPDX-License-Identifier: Apache-2.0
// hwg_drain: the rows of a group leave Q at a time in order, with first, last and side data, in exactly ROWS/Q cycles.
`default_nettype none
module proof #(
    parameter integer ROWS = 4,
    parameter integer Q    = 1,
    parameter integer VW   = 2,
    parameter integer SIDE = 2
) (
    input wire               clk,
    input wire               rst,
    input wire               s_valid,
    input wire [ROWS*VW-1:0] s_data,
    input wire [SIDE-1:0]    s_side
);
  localparam integer BEATS = ROWS / Q;
  wire             m_valid, m_first, m_last, begun;
  wire [Q*VW-1:0]  m_data;
  wire [SIDE-1:0]  m_side;
  hwg_drain #(.ROWS(ROWS), .Q(Q), .VW(VW), .SIDE(SIDE)) u_dut (
      .clk(clk), .rst(rst), .s_valid(s_valid), .s_data(s_data), .s_side(s_side), .m_valid(m_valid), .m_data(m_data),
      .m_first(m_first), .m_last(m_last), .m_side(m_side));
  proof_reset u_reset (.clk(clk), .rst(rst), .begun(begun));

  // The group that is inside, and the beat that must be seen now.
  reg               busy_q;
  reg [7:0]         beat_q;
  reg [ROWS*VW-1:0] group_q;
  reg [SIDE-1:0]    side_q;
  wire ends = beat_q == 8'(BEATS - 1);
  always @(posedge clk) begin
    busy_q <= !rst && (s_valid || (busy_q && !ends));
    beat_q <= s_valid ? 8'd0 : beat_q + 8'd1;
    if (s_valid) {group_q, side_q} <= {s_data, s_side};
  end
  always @* if (begun && busy_q) assume (!s_valid || ends);  // groups are ROWS/Q cycles apart
  always @* if (begun) begin
    on_time: assert (m_valid == busy_q);
    if (busy_q) begin
      in_order: assert (m_data == group_q[beat_q*Q*VW +: Q*VW] && m_side == side_q);
      marked: assert (m_first == (beat_q == 8'd0) && m_last == ends);
    end
    back_to_back: cover (busy_q && ends && s_valid && !rst);
  end
endmodule
`default_nettype wire
