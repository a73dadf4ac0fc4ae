// SPDX-License-Identifier: Apache-2.0
// Brings bits of another clock into this one: two flip-flops each.
//
// latency   two to three cycles; reset none
// limits    bits arrive in cycles of their own: more than one only if at most one changes at a time (Gray code)
`default_nettype none
module hwg_sync #(
    parameter integer WIDTH = 1
) (
    input  wire             clk,
    input  wire [WIDTH-1:0] d,
    output wire [WIDTH-1:0] q
);
  (* ASYNC_REG = "TRUE" *) reg [WIDTH-1:0] first_q, second_q;
  assign q = second_q;
  always @(posedge clk) begin
    first_q  <= d;
    second_q <= first_q;
  end
endmodule
`default_nettype wire
