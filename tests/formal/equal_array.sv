// SPDX-License-Identifier: Apache-2.0
// Two versions of hwg_mac_array, with rows, dot products and weight memories: valid, side data and accumulators equal at
// every cycle from the first group on, for any pauses between words. The words of a group begin with `first`.
`default_nettype none
module proof #(
    parameter integer ROWS   = 2,
    parameter integer LANES  = 2,
    parameter integer PIXELS = 1,
    parameter integer AW     = 3,
    parameter integer WW     = 3,
    parameter integer ACCW   = 9,
    parameter integer DIGITS = 0,
    parameter integer PAIRS  = 0,
    parameter integer MUL_IN_LUTS   = 0,
    parameter integer DEPTH  = 4
) (
    input wire                     clk,
    input wire                     rst,
    input wire                     s_valid,
    input wire [$clog2(DEPTH)-1:0] s_addr,
    input wire                     s_first,
    input wire                     s_digit,
    input wire                     s_last,
    input wire                     s_side,
    input wire [LANES*PIXELS*AW-1:0] s_data
);
  wire                 begun, first_valid, second_valid, first_side, second_side;
  wire [ROWS*PIXELS*ACCW-1:0] first, second;
  first_hwg_mac_array #(.ROWS(ROWS), .LANES(LANES), .PIXELS(PIXELS), .AW(AW), .WW(WW), .ACCW(ACCW), .DIGITS(DIGITS), .PAIRS(PAIRS), .MUL_IN_LUTS(MUL_IN_LUTS),
                        .DEPTH(DEPTH), .FILE("array.hex")) u_first (
      .clk(clk), .rst(rst), .s_valid(s_valid), .s_addr(s_addr), .s_first(s_first), .s_digit(s_digit), .s_last(s_last),
      .s_side(s_side), .s_data(s_data), .m_valid(first_valid), .m_data(first), .m_side(first_side));
  second_hwg_mac_array #(.ROWS(ROWS), .LANES(LANES), .PIXELS(PIXELS), .AW(AW), .WW(WW), .ACCW(ACCW), .DIGITS(DIGITS), .PAIRS(PAIRS), .MUL_IN_LUTS(MUL_IN_LUTS),
                         .DEPTH(DEPTH), .FILE("array.hex")) u_second (
      .clk(clk), .rst(rst), .s_valid(s_valid), .s_addr(s_addr), .s_first(s_first), .s_digit(s_digit), .s_last(s_last),
      .s_side(s_side), .s_data(s_data), .m_valid(second_valid), .m_data(second), .m_side(second_side));
  proof_reset u_reset (.clk(clk), .rst(rst), .begun(begun));
  // Accumulators mean something from the first group after reset on.
  localparam integer LATENCY = 6 + $clog2(LANES);
  reg  open_q, started_q;
  wire in_order = !s_valid || s_first == !open_q;
  initial started_q = 1'b0;
  always @(posedge clk) begin
    if (rst) open_q <= 1'b0;
    else if (s_valid) open_q <= !s_last;
    started_q <= !rst && (started_q || s_valid);
  end
  always @* if (begun) assume (in_order);
  wire was_started, there;
  wire [LATENCY-1:0] history;
  proof_past #(.STAGES(LATENCY), .WIDTH(1)) u_started (.clk(clk), .now(started_q), .past(was_started), .there(there));
  reg [LATENCY-1:0] quiet_q;  // no reset within the latency
  initial quiet_q = '0;
  always @(posedge clk) quiet_q <= {quiet_q, !rst};
  assign history = quiet_q;
  always @* if (begun) begin
    valid: assert (first_valid == second_valid);
    if (first_valid) side: assert (first_side == second_side);
    if (there && was_started && &history) equal: assert (first == second);
    several_words: cover (first_valid && was_started && &history && first != '0);
  end
endmodule
`default_nettype wire
