// SPDX-License-Identifier: Apache-2.0
// FIFO between two clocks that know nothing of each other.
//
//   s (s_clk) -> [ mem ] -> m (m_clk)      pointers in Gray code, each seen on the other side through two flip-flops
//
// latency   a word is seen three to four cycles of m_clk later; a place is free two to three cycles of s_clk later
// throughput one word a cycle of the slower clock for DEPTH >= 8
// reset     each side synchronous to its clock; both together for four cycles of the slower clock or longer, that of m
//           not released before that of s
// limits    DEPTH a power of two, >= 4; s_ready does not look at m_ready
`default_nettype none
module hwg_cdc_fifo #(
    parameter integer WIDTH = 8,
    parameter integer DEPTH = 16
) (
    input  wire             s_clk,
    input  wire             s_rst,
    input  wire             s_valid,
    output wire             s_ready,
    input  wire [WIDTH-1:0] s_data,
    input  wire             m_clk,
    input  wire             m_rst,
    output reg              m_valid,
    input  wire             m_ready,
    output reg  [WIDTH-1:0] m_data
);
  localparam integer AW = $clog2(DEPTH);
  reg  [WIDTH-1:0] mem [0:DEPTH-1];
  // one bit more than an address: full and empty differ in it
  reg  [AW:0] wptr_q, wgray_q, rptr_q, rgray_q;
  wire [AW:0] wgray_seen, rgray_seen;
  wire [AW:0] wptr = wptr_q + 1'b1;
  wire [AW:0] rptr = rptr_q + 1'b1;
  hwg_sync #(.WIDTH(AW + 1)) u_to_m (.clk(m_clk), .d(wgray_q), .q(wgray_seen));
  hwg_sync #(.WIDTH(AW + 1)) u_to_s (.clk(s_clk), .d(rgray_q), .q(rgray_seen));

  // full: the writer is a whole round ahead, which inverts the upper two bits in Gray code
  wire push = s_valid && s_ready;
  assign s_ready = !s_rst && wgray_q != {~rgray_seen[AW:AW-1], rgray_seen[AW-2:0]};
  always @(posedge s_clk) begin
    if (push) mem[wptr_q[AW-1:0]] <= s_data;
    if (s_rst) begin
      wptr_q  <= '0;
      wgray_q <= '0;
    end else if (push) begin
      wptr_q  <= wptr;
      wgray_q <= wptr ^ {1'b0, wptr[AW:1]};
    end
  end

  wire pull = rgray_q != wgray_seen && (!m_valid || m_ready);
  always @(posedge m_clk) begin
    if (pull) m_data <= mem[rptr_q[AW-1:0]];
    if (m_rst) begin
      rptr_q  <= '0;
      rgray_q <= '0;
      m_valid <= 1'b0;
    end else begin
      m_valid <= pull || (m_valid && !m_ready);
      if (pull) begin
        rptr_q  <= rptr;
        rgray_q <= rptr ^ {1'b0, rptr[AW:1]};
      end
    end
  end
endmodule
`default_nettype wire
