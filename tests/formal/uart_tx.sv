// SPDX-License-Identifier: Apache-2.0
// hwg_uart_tx: a taken byte is on the line from the next cycle on, as a start bit, eight data bits, the lowest first, and a
// stop bit of DIV cycles each; the next byte is taken right behind it, and not before. Without a byte the line rests.
`default_nettype none
module proof #(
    parameter integer DIV = 3
) (
    input wire       clk,
    input wire       rst,
    input wire       s_valid,
    input wire [7:0] s_data
);
  wire s_ready, txd, begun;
  hwg_uart_tx #(.DIV(DIV)) u_dut (
      .clk(clk), .rst(rst), .s_valid(s_valid), .s_ready(s_ready), .s_data(s_data), .txd(txd));
  proof_reset u_reset (.clk(clk), .rst(rst), .begun(begun));

  localparam integer CW = $clog2(DIV);
  reg          busy_q;
  reg [7:0]    data_q;
  reg [3:0]    bit_q;    // 0 the start bit, 1 to 8 data, 9 the stop bit
  reg [CW-1:0] cycle_q;  // of the bit
  wire [9:0]   frame = {1'b1, data_q, 1'b0};
  always @(posedge clk) begin
    if (!busy_q && s_valid && !rst) begin
      busy_q  <= 1'b1;
      data_q  <= s_data;
      bit_q   <= 4'd0;
      cycle_q <= '0;
    end else if (cycle_q != CW'(DIV - 1)) cycle_q <= cycle_q + 1'b1;
    else begin
      cycle_q <= '0;
      bit_q   <= bit_q + 4'd1;
      if (bit_q == 4'd9) busy_q <= 1'b0;
    end
    if (rst) busy_q <= 1'b0;
  end

  always @* if (begun) begin
    ready: assert (s_ready == !busy_q);
    line: assert (txd == (!busy_q || frame[bit_q]));
    sent: cover (busy_q && bit_q == 4'd9 && data_q == 8'h5a);
  end
endmodule
`default_nettype wire
