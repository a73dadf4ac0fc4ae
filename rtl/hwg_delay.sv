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
  reg [STAGES-1:0]       valid_q;
  reg [STAGES*WIDTH-1:0] data_q;
  generate
    if (STAGES == 1) begin : gen_one
      always @(posedge clk) begin
        valid_q <= rst ? 1'b0 : s_valid;
        data_q  <= s_data;
      end
    end else begin : gen_more
      always @(posedge clk) begin
        valid_q <= rst ? '0 : {valid_q[STAGES-2:0], s_valid};
        data_q  <= {data_q[(STAGES-1)*WIDTH-1:0], s_data};
      end
    end
  endgenerate
  assign m_valid = valid_q[STAGES-1];
  assign m_data  = data_q[STAGES*WIDTH-1 -: WIDTH];
endmodule
`default_nettype wire
