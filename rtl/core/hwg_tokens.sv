// SPDX-License-Identifier: Apache-2.0
// Counts what is there: `put` adds one, `take` takes one away; both may come in a cycle.
//
// latency   some, a register, tells of puts and takes of the cycles before
// reset     none is there; limits at most MOST at a time, taken only while there is some
`default_nettype none
module hwg_tokens #(
    parameter integer MOST = 4
) (
    input  wire clk,
    input  wire rst,
    input  wire put,
    input  wire take,
    output reg  some
);
  localparam integer CW = $clog2(MOST + 1);
  reg [CW-1:0] count_q;
  always @(posedge clk)
    if (rst) begin
      count_q <= '0;
      some    <= 1'b0;
    end else if (put && !take) begin
      count_q <= count_q + 1'b1;
      some    <= 1'b1;
    end else if (take && !put) begin
      count_q <= count_q - 1'b1;
      some    <= count_q != CW'(1);
    end
endmodule
`default_nettype wire
