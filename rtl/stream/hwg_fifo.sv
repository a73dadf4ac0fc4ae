// SPDX-License-Identifier: Apache-2.0
// Small first-word-fall-through FIFO in registers or LUT RAM.
//
// latency   a word pushed at cycle i is seen from cycle i+1 on; throughput one word a cycle
// reset     synchronous, empties the FIFO; data is not reset
// limits    DEPTH >= 2; s_ready does not look at m_ready
//
//   s_valid/s_data -> [ mem ] -> m_valid/m_data
`default_nettype none
module hwg_fifo #(
    parameter integer WIDTH = 8,
    parameter integer DEPTH = 16,
    parameter integer CW    = $clog2(DEPTH + 1)
) (
    input  wire             clk,
    input  wire             rst,
    input  wire             s_valid,
    output reg              s_ready,   // not full
    input  wire [WIDTH-1:0] s_data,
    output reg              m_valid,   // not empty
    input  wire             m_ready,
    output wire [WIDTH-1:0] m_data,
    output reg  [CW-1:0]    count
);
  localparam integer AW = $clog2(DEPTH);
`ifdef SYNTHESIS
  (* ram_style = "distributed" *)  // a block RAM is too dear for so few words
`endif
  reg [WIDTH-1:0] mem [0:DEPTH-1];
  reg [AW-1:0]    wptr_q, rptr_q;
  wire            push = s_valid && s_ready;
  wire            pop  = m_valid && m_ready;

  assign m_data = mem[rptr_q];

  always @(posedge clk) begin
    if (push) mem[wptr_q] <= s_data;
    if (rst) begin
      wptr_q <= '0;
      rptr_q <= '0;
      count  <= '0;
      s_ready <= 1'b1;
      m_valid <= 1'b0;
    end else begin
      if (push) wptr_q <= (wptr_q == AW'(DEPTH - 1)) ? '0 : wptr_q + 1'b1;
      if (pop) rptr_q <= (rptr_q == AW'(DEPTH - 1)) ? '0 : rptr_q + 1'b1;
      if (push && !pop) begin
        count   <= count + 1'b1;
        s_ready <= count != CW'(DEPTH - 1);
        m_valid <= 1'b1;
      end else if (pop && !push) begin
        count   <= count - 1'b1;
        s_ready <= 1'b1;
        m_valid <= count != CW'(1);
      end
    end
  end

`ifdef FORMAL
  always @(posedge clk) begin
    if (!rst) fits: assert (count <= CW'(DEPTH) && s_ready == (count != CW'(DEPTH)) && m_valid == (count != '0));
  end
`endif
endmodule
`default_nettype wire
