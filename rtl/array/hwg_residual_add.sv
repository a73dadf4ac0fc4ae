// SPDX-License-Identifier: Apache-2.0
// Adds the block's own input to what it computed: r = clamp(y + (x << q)), q = 2 in block 0 and 2 + MID_SHIFT in others
// (docs/arithmetic.md, residual).
//
// latency   one cycle after s_valid; reset clears the valid bit only
`default_nettype none
module hwg_residual_add #(
    parameter integer LANES = 1,
    parameter integer AS = 8,              // bits of a state
    parameter integer RB = AS + 4,         // bits of a sum
    parameter [2:0] MID_SHIFT = 3'd0
) (
    input  wire                clk,
    input  wire                rst,
    input  wire                s_valid,
    input  wire                s_later,    // a block after the first
    input  wire [LANES*RB-1:0] s_data,
    input  wire [LANES*AS-1:0] s_own,
    output reg                 m_valid,
    output reg  [LANES*RB-1:0] m_data
);
  localparam signed [RB:0] R_LO = -(1 <<< (RB - 1));
  localparam signed [RB:0] R_HI = (1 <<< (RB - 1)) - 1;
  always @(posedge clk) m_valid <= !rst && s_valid;
  genvar i;
  generate
    for (i = 0; i < LANES; i = i + 1) begin : gen_lane
      wire signed [RB+1:0] wide = (RB+2)'($signed(s_own[i*AS +: AS]));
      wire signed [RB+4:0] sum  = (RB+5)'($signed(s_data[i*RB +: RB]))
                                + ((RB+5)'(wide) <<< (s_later ? 3'd2 + MID_SHIFT : 3'd2));
      always @(posedge clk)
        if (s_valid)
          m_data[i*RB +: RB] <= (sum < (RB+5)'(R_LO)) ? R_LO[RB-1:0] : (sum > (RB+5)'(R_HI)) ? R_HI[RB-1:0]
                              : sum[RB-1:0];
    end
  endgenerate
endmodule
`default_nettype wire
