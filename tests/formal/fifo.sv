// SPDX-License-Identifier: Apache-2.0
// hwg_fifo: order, handshake, count; every state takes a word or gives one.
`default_nettype none
module proof #(
    parameter integer DEPTH = 4,
    parameter integer WIDTH = 2
) (
    input wire             clk,
    input wire             rst,
    input wire             s_valid,
    input wire [WIDTH-1:0] s_data,
    input wire             m_ready
);
  localparam integer CW = $clog2(DEPTH + 1);
  wire             s_ready, m_valid, begun;
  wire [WIDTH-1:0] m_data;
  wire [CW-1:0]    count;
  hwg_fifo #(.WIDTH(WIDTH), .DEPTH(DEPTH)) u_dut (
      .clk(clk), .rst(rst), .s_valid(s_valid), .s_ready(s_ready), .s_data(s_data), .m_valid(m_valid),
      .m_ready(m_ready), .m_data(m_data), .count(count));
  proof_reset u_reset (.clk(clk), .rst(rst), .begun(begun));
  localparam integer FW = $clog2(DEPTH + 2);
  wire [FW-1:0] inside;
  proof_order #(.WIDTH(WIDTH), .MAX(DEPTH)) u_order (
      .clk(clk), .flush(rst), .push(s_valid && s_ready), .push_data(s_data), .pop(m_valid && m_ready),
      .pop_data(m_data), .in_flight(inside));
  proof_stream #(.WIDTH(WIDTH)) u_stream (
      .clk(clk), .rst(rst), .valid(m_valid), .ready(m_ready), .data(m_data));
  always @* if (begun && !rst) begin
    counted: assert (FW'(count) == inside);
    takes: assert (s_ready == (inside != FW'(DEPTH)));
    gives: assert (m_valid == (inside != '0));
    full: cover (inside == FW'(DEPTH));
  end
endmodule
`default_nettype wire
