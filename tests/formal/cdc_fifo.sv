// SPDX-License-Identifier: Apache-2.0
// hwg_cdc_fifo under any two clocks: no word lost, duplicated or reordered, never more inside than there is room for,
// offers stay; a word is seen after four ticks of the reader, a free place after three of the writer.
//
// The FIFO does nothing that depends on data, so it is enough to mark one word in 4*DEPTH, whichever: a marked word that
// leaves as another one than it came in as shows at one of the two.
`default_nettype none
module proof #(
    parameter integer DEPTH = 4
) (
    input wire s_clk,  // both tick when the solver likes (ticks.v)
    input wire m_clk,
    input wire s_valid,
    input wire m_ready,
    input wire m_open
);
  localparam integer CW = $clog2(DEPTH) + 2;
  // Both resets last until each clock has ticked three times after the first of both; that of m as long as it likes.
  reg [2:0] s_edges_q = 3'd0, m_edges_q = 3'd0;
  reg       m_open_q = 1'b0;
  wire      rst   = s_edges_q != 3'd4 || m_edges_q != 3'd4;
  wire      m_rst = !m_open_q;
  always @(posedge s_clk) if (s_edges_q != 3'd4 && (s_edges_q == '0 || m_edges_q != '0)) s_edges_q <= s_edges_q + 3'd1;
  always @(posedge m_clk) begin
    if (m_edges_q != 3'd4 && (m_edges_q == '0 || s_edges_q != '0)) m_edges_q <= m_edges_q + 3'd1;
    if (!rst && m_open) m_open_q <= 1'b1;
  end

  (* anyconst *) wire [CW-1:0] marked;
  reg  [CW-1:0] in_q = '0, out_q = '0;
  wire          s_ready, m_valid, m_data;
  hwg_cdc_fifo #(.WIDTH(1), .DEPTH(DEPTH)) u_dut (
      .s_clk(s_clk), .s_rst(rst), .s_valid(s_valid), .s_ready(s_ready), .s_data(in_q == marked),
      .m_clk(m_clk), .m_rst(m_rst), .m_valid(m_valid), .m_ready(m_ready), .m_data(m_data));

  wire [CW-1:0] inside = in_q - out_q;
  reg           wrong_q = 1'b0, withdrawn_q = 1'b0, offered_q = 1'b0, data_q = 1'b0;
  reg  [2:0]    unseen_q = 3'd0, refused_q = 3'd0;  // ticks with a word that is not offered, with a place that is not
  always @(posedge s_clk) if (!rst) begin
    if (s_valid && s_ready) in_q <= in_q + 1'b1;
    if (s_ready || inside >= CW'(DEPTH)) refused_q <= 3'd0;
    else if (refused_q != 3'd7) refused_q <= refused_q + 3'd1;
  end
  always @(posedge m_clk) if (!m_rst) begin
    if (m_valid && m_ready) out_q <= out_q + 1'b1;
    wrong_q     <= m_valid && m_data != (out_q == marked);
    withdrawn_q <= offered_q && !(m_valid && m_data == data_q);
    offered_q   <= m_valid && !m_ready;
    data_q      <= m_data;
    if (m_valid || inside == '0) unseen_q <= 3'd0;
    else if (unseen_q != 3'd7) unseen_q <= unseen_q + 3'd1;
  end

  always @* begin
    in_order: assert (!wrong_q);
    stays: assert (!withdrawn_q);
    room: assert (inside <= CW'(DEPTH + 1));
    seen: assert (unseen_q <= 3'd3);
    freed: assert (refused_q <= 3'd3);
  end
endmodule
`default_nettype wire
