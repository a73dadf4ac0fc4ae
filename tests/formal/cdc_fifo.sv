// SPDX-License-Identifier: Apache-2.0
// hwg_cdc_fifo under any two clocks: no word lost, duplicated or reordered, never more inside than there is room for,
// offers stay. For `clk2fflogic`: both clocks are inputs that the solver moves as it likes.
//
// The FIFO does nothing that depends on data, so it is enough to mark every 16th word, whichever of them: a marked word
// that leaves as another one than it came in as shows at one of the two.
`default_nettype none
module proof #(
    parameter integer DEPTH = 4
) (
    input wire s_clk,
    input wire m_clk,
    input wire s_valid,
    input wire m_ready,
    input wire m_open
);
  // Both resets last until each clock has had three edges after the first of both; that of m as long as it likes.
  reg [2:0] s_edges_q = 3'd0, m_edges_q = 3'd0;
  reg       m_open_q = 1'b0;
  wire      rst   = s_edges_q != 3'd4 || m_edges_q != 3'd4;
  wire      m_rst = !m_open_q;
  always @(posedge s_clk) if (s_edges_q != 3'd4 && (s_edges_q == '0 || m_edges_q != '0)) s_edges_q <= s_edges_q + 3'd1;
  always @(posedge m_clk) begin
    if (m_edges_q != 3'd4 && (m_edges_q == '0 || s_edges_q != '0)) m_edges_q <= m_edges_q + 3'd1;
    if (!rst && m_open) m_open_q <= 1'b1;
  end

  (* anyconst *) wire [3:0] marked;
  reg  [3:0] in_q = 4'd0, out_q = 4'd0;
  wire       s_ready, m_valid, m_data;
  hwg_cdc_fifo #(.WIDTH(1), .DEPTH(DEPTH)) u_dut (
      .s_clk(s_clk), .s_rst(rst), .s_valid(s_valid), .s_ready(s_ready), .s_data(in_q == marked),
      .m_clk(m_clk), .m_rst(m_rst), .m_valid(m_valid), .m_ready(m_ready), .m_data(m_data));

  always @(posedge s_clk) if (!rst && s_valid && s_ready) in_q <= in_q + 4'd1;
  reg wrong_q = 1'b0, withdrawn_q = 1'b0, offered_q = 1'b0, data_q = 1'b0;
  always @(posedge m_clk) if (!m_rst) begin
    if (m_valid && m_ready) out_q <= out_q + 4'd1;
    wrong_q     <= m_valid && m_data != (out_q == marked);
    withdrawn_q <= offered_q && !(m_valid && m_data == data_q);
    offered_q   <= m_valid && !m_ready;
    data_q      <= m_data;
  end

  wire [3:0] inside = in_q - out_q;
  always @* begin
    in_order: assert (!wrong_q);
    stays: assert (!withdrawn_q);
    room: assert (inside <= 4'(DEPTH + 1));
  end
endmodule
`default_nettype wire
