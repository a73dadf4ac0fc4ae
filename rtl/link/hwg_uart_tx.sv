// SPDX-License-Identifier: Apache-2.0
// UART transmitter: 8 data bits, no parity, one stop bit.
//
// latency   one cycle to the start bit; throughput a byte every 10 bits and a cycle
// reset     synchronous: the line rests
// limits    DIV clocks a bit, >= 2
`default_nettype none
module hwg_uart_tx #(
    parameter integer DIV = 40
) (
    input  wire       clk,
    input  wire       rst,
    input  wire       s_valid,
    output wire       s_ready,
    input  wire [7:0] s_data,
    output wire       txd
);
  localparam integer CW = $clog2(DIV);
  reg [CW-1:0] count_q;
  reg [3:0]    left_q;   // bits still to be sent
  reg [9:0]    shift_q;
  reg          line_q;
  assign txd     = line_q;
  assign s_ready = left_q == 4'd0;

  always @(posedge clk) begin
    count_q <= (count_q == '0) ? CW'(DIV - 1) : count_q - 1'b1;
    if (rst) begin
      left_q <= 4'd0;
      line_q <= 1'b1;
    end else if (s_ready) begin
      line_q <= !s_valid;
      if (s_valid) begin
        left_q  <= 4'd10;
        shift_q <= {2'b11, s_data};
        count_q <= CW'(DIV - 1);
      end
    end else if (count_q == '0) begin
      left_q  <= left_q - 4'd1;
      line_q  <= shift_q[0];
      shift_q <= {1'b1, shift_q[9:1]};
    end
  end
endmodule
`default_nettype wire
