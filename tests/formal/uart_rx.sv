// SPDX-License-Identifier: Apache-2.0
// hwg_uart_rx: a byte whose edges come up to DIV/2 - 1 cycles too early or too late, each as it likes, is there once and
// unchanged, half a bit into its stop bit; the next one may follow at once. Without a stop bit it is an error instead, once,
// however long the line stays low; a spike of up to half a bit is nothing. Whatever was on the line before, after a rest of
// ten bits it is so again; nothing else ever comes.
`default_nettype none
module proof #(
    parameter integer DIV = 4
) (
    input wire       clk,
    input wire       rst,
    input wire       noise,    // the line in disorder
    input wire       calm,     // ends the disorder, after a rest
    input wire       disturb,  // begins it
    input wire       spike,    // begins one
    input wire       start,
    input wire       edge_now,
    input wire [7:0] data,
    input wire       stop
);
  localparam integer TOLERANCE = DIV / 2 - 1;
  localparam integer TW = $clog2(2 * DIV) + 2;
  localparam [1:0] DISORDER = 2'd0, REST = 2'd1, BYTE = 2'd2, SPIKE = 2'd3;
  wire m_valid, m_error, begun;
  wire [7:0] m_data;

  // The sender. time_q counts from where an edge should have been, so that it is by how much the edge came late.
  reg  [1:0]           mode_q;
  reg  signed [TW-1:0] time_q;
  reg  [3:0]           bit_q;
  reg  [7:0]           data_q;
  reg                  stop_q;
  reg  [$clog2(10*DIV+1)-1:0] rest_q;
  wire [9:0] frame = {stop_q, data_q, 1'b0};
  wire       first = time_q == '0, last = time_q == TW'(DIV / 2);  // of a spike
  wire       rxd   = (mode_q == BYTE) ? frame[bit_q]
                     : mode_q == REST || (mode_q == SPIKE && last) || (noise && !(mode_q == SPIKE && first));
  wire signed [TW-1:0] late = time_q + TW'(1) - TW'(DIV);  // of the next edge, if it came now
  wire       ends  = mode_q == BYTE && late >= -TW'(TOLERANCE) && (edge_now || late == TW'(TOLERANCE));
  wire       rests = mode_q == REST || (ends && bit_q == 4'd9 && stop_q);
  wire       begins = rests && start && !rst;
  always @(posedge clk) begin
    rest_q <= !rxd ? '0 : (rest_q == 10 * DIV) ? rest_q : rest_q + 1'b1;
    time_q <= ends ? late : (mode_q == REST) ? '0 : time_q + TW'(1);
    if (ends) bit_q <= bit_q + 4'd1;
    case (mode_q)
      REST: if (disturb) mode_q <= DISORDER;
            else if (spike) mode_q <= SPIKE;
      SPIKE: if (last) mode_q <= REST;
      BYTE: if (ends && bit_q == 4'd9) mode_q <= stop_q ? REST : DISORDER;
      default: if (calm && rest_q == 10 * DIV && rxd) mode_q <= REST;
    endcase
    if (begins) begin
      mode_q <= BYTE;
      time_q <= '0;
      bit_q  <= 4'd0;
      data_q <= data;
      stop_q <= stop;
    end
    if (rst) begin
      mode_q <= DISORDER;
      rest_q <= '0;
    end
  end

  hwg_uart_rx #(.DIV(DIV)) u_dut (
      .clk(clk), .rst(rst), .rxd(rxd), .m_valid(m_valid), .m_error(m_error), .m_data(m_data));
  proof_reset u_reset (.clk(clk), .rst(rst), .begun(begun));

  // What has to come and when: the receiver sees the line two cycles later, and a bit's middle is DIV/2 cycles in it.
  localparam integer DUE = 9 * DIV + DIV / 2 + 4;
  localparam integer DW = $clog2(DUE + 1);
  reg [DW-1:0] since_q, before_q;  // cycles since the byte began; since the one before it
  reg [7:0]    expected_q, previous_q;
  reg          good_q, was_good_q, pending_q, was_pending_q;
  always @(posedge clk) begin
    since_q <= since_q + 1'b1;
    before_q <= before_q + 1'b1;
    if (since_q == DW'(DUE)) pending_q <= 1'b0;
    if (before_q == DW'(DUE)) was_pending_q <= 1'b0;
    if (begins) begin
      since_q <= DW'(1);
      pending_q <= 1'b1;
      expected_q <= data;
      good_q <= stop;
      before_q <= since_q + 1'b1;
      was_pending_q <= pending_q && since_q != DW'(DUE);
      previous_q <= expected_q;
      was_good_q <= good_q;
    end
    if (rst) begin
      pending_q <= 1'b0;
      was_pending_q <= 1'b0;
    end
  end
  reg [1:0] seen_q;    // the line, as the receiver sees it
  reg       broken_q;  // low since an error
  always @(posedge clk) begin
    seen_q   <= {seen_q[0], rxd};
    broken_q <= (m_error || broken_q) && !seen_q[1] && !rst;
  end
  wire now    = pending_q && since_q == DW'(DUE);
  wire before = was_pending_q && before_q == DW'(DUE);
  wire good   = now ? good_q : was_good_q;
  wire [7:0] wanted = now ? expected_q : previous_q;
  always @* if (begun) begin
    either: assert (!(m_valid && m_error));
    if (now || before) on_time: assert (good ? m_valid : m_error);
    if ((now || before) && good) unchanged: assert (m_data == wanted);
    if (mode_q != DISORDER && !now && !before) nothing_else: assert (!m_valid && !m_error);
    if (broken_q) error_once: assert (!m_valid && !m_error);
    second: cover (before && m_valid && mode_q == BYTE);
    spoiled: cover (now && m_error);
  end
endmodule
`default_nettype wire
