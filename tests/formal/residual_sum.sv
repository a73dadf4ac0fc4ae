// SPDX-License-Identifier: Apache-2.0
// hwg_residual_add: r = clamp(project + (x << q), residual range) in integers wide enough for anything, for all values,
// with q = 2 in block 0 and 2 + MID_SHIFT in the others.
`default_nettype none
module proof #(
    parameter integer AS        = 4,
    parameter integer MID_SHIFT = 0,
    parameter integer LANE      = 0
) (
    input wire              clk,
    input wire              rst,
    input wire              beat,
    input wire              later,    // a block after the first
    input wire [2*AS+7:0]   project,  // two lanes of what is requantised
    input wire [2*AS-1:0]   x
);
  localparam integer RB = AS + 4;
  localparam signed [31:0] MOST = (1 << (RB - 1)) - 1, LEAST = -(1 << (RB - 1));
  wire            begun, valid;
  wire [2*RB-1:0] r;
  hwg_residual_add #(.LANES(2), .AS(AS), .RB(RB), .MID_SHIFT(MID_SHIFT[2:0])) u_dut (
      .clk(clk), .rst(rst), .s_valid(beat), .s_later(later), .s_data(project), .s_own(x), .m_valid(valid), .m_data(r));
  proof_reset u_reset (.clk(clk), .rst(rst), .begun(begun));
  wire signed [31:0] sum = 32'($signed(project[LANE*RB +: RB]))
                         + 32'($signed(x[LANE*AS +: AS])) * (later ? 4 << MID_SHIFT : 4);
  wire signed [31:0] wanted = (sum < LEAST) ? LEAST : (sum > MOST) ? MOST : sum;
  wire [RB+32:0]     past;
  wire               there;
  proof_past #(.STAGES(1), .WIDTH(RB + 33)) u_past (
      .clk(clk), .now({beat && !rst, wanted[RB-1:0], sum}), .past(past), .there(there));
  always @* if (begun && there) begin
    every_beat: assert (valid == past[RB+32]);
    defined: assert (!valid || r[LANE*RB +: RB] == past[32 +: RB]);
    above: cover (valid && $signed(past[31:0]) > MOST);
    below: cover (valid && $signed(past[31:0]) < LEAST);
    inside: cover (valid && past[31:0] == 32'd5);
  end
endmodule
`default_nettype wire
