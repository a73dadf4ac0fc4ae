// SPDX-License-Identifier: Apache-2.0
// A value of STAGES cycles ago, once there is one.
`default_nettype none
module proof_past #(
    parameter integer STAGES = 1,
    parameter integer WIDTH  = 8
) (
    input  wire             clk,
    input  wire [WIDTH-1:0] now,
    output wire [WIDTH-1:0] past,
    output wire             there
);
  generate
    if (STAGES == 0) begin : gen_now
      assign past  = now;
      assign there = 1'b1;
      wire unused  = clk;
    end else begin : gen_past
      reg [STAGES*WIDTH-1:0] past_q;
      reg [STAGES-1:0]       there_q;
      initial there_q = '0;
      always @(posedge clk) begin
        past_q  <= {past_q, now};
        there_q <= {there_q, 1'b1};
      end
      assign past  = past_q[(STAGES-1)*WIDTH +: WIDTH];
      assign there = there_q[STAGES-1];
    end
  endgenerate
endmodule
`default_nettype wire
