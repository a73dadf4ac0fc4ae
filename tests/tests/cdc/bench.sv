// SPDX-License-Identifier: Apache-2.0
// hwg_cdc_fifo between two clocks whose periods drift against each other: every word comes out once, in order.
//
//   +s=PERIOD +m=PERIOD (in units of time, their edges shifted at random by up to a quarter)   +seed=S   +words=N
//   +gap=P +stall=P: percent of the cycles without a word, or not ready
`timescale 1ns / 1ps
`default_nettype none
module bench #(
    parameter integer DEPTH = 16
);
  integer s_period, m_period, seed, words, gap, stall;
  reg s_clk = 1'b0, m_clk = 1'b0, s_rst = 1'b1, m_rst = 1'b1, running = 1'b0;
  initial begin
    if (!$value$plusargs("s=%d", s_period)) s_period = 100;
    if (!$value$plusargs("m=%d", m_period)) m_period = 100;
    if (!$value$plusargs("seed=%d", seed)) seed = 1;
    if (!$value$plusargs("words=%d", words)) words = 10000;
    if (!$value$plusargs("gap=%d", gap)) gap = 0;
    if (!$value$plusargs("stall=%d", stall)) stall = 0;
    running = 1'b1;
  end
  function integer jitter(input integer period);
    jitter = period / 2 - period / 8 + $unsigned($random(seed)) % (period / 4 + 1);
  endfunction
  always begin wait (running); #(jitter(s_period)) s_clk = !s_clk; end
  always begin wait (running); #(jitter(m_period)) m_clk = !m_clk; end

  // the two resets end at different times
  initial begin
    wait (running);
    repeat (12) @(posedge s_clk);
    repeat (12) @(posedge m_clk);
    @(negedge s_clk) s_rst = 1'b0;
    @(negedge m_clk) m_rst = 1'b0;
  end

  // what is sent depends on its number, so that a word lost or sent twice shows
  function [25:0] word(input integer number);
    word = 26'(number * 32'd40503 + (number >> 7));
  endfunction
  integer sent = 0, received = 0, full = 0, idle = 0;
  reg     s_valid = 1'b0, m_ready = 1'b0;
  wire    s_ready, m_valid;
  wire [25:0] m_data;
  hwg_cdc_fifo #(.WIDTH(26), .DEPTH(DEPTH)) u_dut (
      .s_clk(s_clk), .s_rst(s_rst), .s_valid(s_valid), .s_ready(s_ready), .s_data(word(sent)),
      .m_clk(m_clk), .m_rst(m_rst), .m_valid(m_valid), .m_ready(m_ready), .m_data(m_data));

  always @(posedge s_clk) if (!s_rst) begin
    if (s_valid && !s_ready) full = full + 1;
    if (s_valid && s_ready) sent <= #1 sent + 1;
    // valid stays until it is taken
    if (!s_valid || s_ready) s_valid <= #1 $unsigned($random(seed)) % 100 >= gap && sent + 1 < words;
  end
  reg        held_q = 1'b0;
  reg [25:0] data_q;
  always @(posedge m_clk) if (!m_rst) begin
    if (held_q && !(m_valid && m_data === data_q)) begin
      $display("an offer was withdrawn: word %0d", received);
      $fatal(1);
    end
    held_q <= m_valid && !m_ready;
    data_q <= m_data;
    idle = (m_valid && m_ready) ? 0 : idle + 1;
    if (m_valid && m_ready) begin
      if (m_data !== word(received)) begin
        $display("word %0d is %h, not %h", received, m_data, word(received));
        $fatal(1);
      end
      received = received + 1;
    end
    m_ready <= #1 $unsigned($random(seed)) % 100 >= stall;
    if (received == words - 1) begin
      $display("passed: %0d words, %0d cycles full", received, full);
      $finish;
    end
    if (idle > 100000) begin
      $display("nothing came for %0d cycles after word %0d", idle, received);
      $fatal(1);
    end
  end
endmodule
`default_nettype wire
