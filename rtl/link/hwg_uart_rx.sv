// SPDX-License-Identifier: Apache-2.0
// UART receiver: 8 data bits, no parity, one stop bit or more.
//
// latency   the byte is there for one cycle, half a bit into its stop bit; throughput a byte every 9.5 bits
// reset     synchronous
// limits    DIV clocks a bit, >= 4; what is received must be taken at once
`default_nettype none
module hwg_uart_rx #(
    parameter integer DIV = 40
) (
    input  wire       clk,
    input  wire       rst,
    input  wire       rxd,
    output reg        m_valid,
    output reg        m_error,  // no stop bit where one had to be: wrong rate, or a break
    output reg  [7:0] m_data
);
  localparam integer CW = $clog2(DIV);
  wire         line;
  reg          busy_q, line_q;
  reg [CW-1:0] count_q;
  reg [3:0]    bit_q;          // 0 the start bit, 1 to 8 data, 9 the stop bit
  wire         sample = busy_q && count_q == '0;
  hwg_sync u_sync (.clk(clk), .d(rxd), .q(line));

  always @(posedge clk) begin
    line_q  <= line;
    m_valid <= 1'b0;
    m_error <= 1'b0;
    count_q <= (count_q == '0) ? CW'(DIV - 1) : count_q - 1'b1;
    if (sample) begin
      bit_q <= bit_q + 4'd1;
      if (bit_q == 4'd9) begin
        m_valid <= line;
        m_error <= !line;
      end else if (bit_q != 4'd0) m_data <= {line, m_data[7:1]};
    end
    if (rst) begin
      busy_q  <= 1'b0;
      m_valid <= 1'b0;
      m_error <= 1'b0;
    end else if (!busy_q) begin
      busy_q  <= line_q && !line;
      count_q <= CW'(DIV / 2 - 1);
      bit_q   <= 4'd0;
    end else if (sample && (bit_q == 4'd9 || (bit_q == 4'd0 && line))) busy_q <= 1'b0;
  end
endmodule
`default_nettype wire
