// SPDX-License-Identifier: Apache-2.0
// A valid bit and its side data, delayed by STAGES cycles.
//
// latency   STAGES; reset clears the valid bits only
// limits    STAGES >= 1, WIDTH >= 1
`default_nettype none
module hwg_delay #(
    parameter integer STAGES = 2,
    parameter integer WIDTH  = 1
) (
    input  wire             clk,
    input  wire             rst,
    input  wire             s_valid,
    input  wire [WIDTH-1:0] s_data,
    output wire             m_valid,
    output wire [WIDTH-1:0] m_data
);
  reg [STAGES-1:0] valid_q;
  (* mem2reg *) reg [WIDTH-1:0] data_q [0:STAGES-1];  // registers, for Yosys to know
  integer i;
  always @(posedge clk) begin
    valid_q <= rst ? '0 : STAGES'({valid_q, s_valid});
    if (s_valid) data_q[0] <= s_data;
    for (i = 1; i < STAGES; i = i + 1) if (valid_q[i-1]) data_q[i] <= data_q[i-1];
  end
  assign m_valid = valid_q[STAGES-1];
  assign m_data  = data_q[STAGES-1];
endmodule
`default_nettype wire
