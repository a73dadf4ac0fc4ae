// SPDX-License-Identifier: Apache-2.0
// A valid bit and its side data, delayed by STAGES cycles.
//
// latency   STAGES, none for 0; reset clears the valid bits only
// limits    WIDTH >= 1
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
  genvar i;
  generate
    for (i = 0; i < STAGES; i = i + 1) begin : gen_stage
      wire             en;
      wire [WIDTH-1:0] d;
      reg              valid_q;
      reg  [WIDTH-1:0] data_q;
      if (i == 0) begin : gen_first
        assign {en, d} = {s_valid, s_data};
      end else begin : gen_next
        assign {en, d} = {gen_stage[i-1].valid_q, gen_stage[i-1].data_q};
      end
      always @(posedge clk) begin
        valid_q <= en && !rst;
        if (en) data_q <= d;
      end
    end
    if (STAGES == 0) begin : gen_none
      wire unused = &{1'b0, clk, rst};
      assign {m_valid, m_data} = {s_valid, s_data};
    end else begin : gen_last
      assign {m_valid, m_data} = {gen_stage[STAGES-1].valid_q, gen_stage[STAGES-1].data_q};
    end
  endgenerate
endmodule
`default_nettype wire
