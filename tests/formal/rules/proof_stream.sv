// SPDX-License-Identifier: Apache-2.0
// A stream that keeps the handshake: what is offered stays, unchanged, until it is taken or reset comes. With ASSUME it
// is the environment's promise, else the module's duty.
`default_nettype none
module proof_stream #(
    parameter integer WIDTH  = 8,
    parameter integer ASSUME = 0
) (
    input wire             clk,
    input wire             rst,
    input wire             valid,
    input wire             ready,
    input wire [WIDTH-1:0] data
);
  reg             waits_q;
  reg [WIDTH-1:0] data_q;
  initial waits_q = 1'b0;
  always @(posedge clk) begin
    waits_q <= !rst && valid && !ready;
    data_q  <= data;
  end
  generate
    if (ASSUME != 0) begin : gen_promise
      always @* if (waits_q && !rst) assume (valid && data == data_q);
    end else begin : gen_duty
      always @* if (waits_q && !rst) stays: assert (valid && data == data_q);
    end
  endgenerate
endmodule
`default_nettype wire
