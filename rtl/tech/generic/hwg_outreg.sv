// SPDX-License-Identifier: Apache-2.0
// Output register of a memory. d stands still between reads: a family's version need not wait for `en`.
//
// latency   d with en at cycle i -> q at cycle i+1
// reset     none (data path)
// limits    d changes only in the cycle before one with en
// technology layer: behavioural model and inferred version in one
`default_nettype none
module hwg_outreg #(
    parameter integer WIDTH = 8
) (
    input  wire             clk,
    input  wire             en,
    input  wire [WIDTH-1:0] d,
    output wire [WIDTH-1:0] q
);
  reg [WIDTH-1:0] word_q;
  always @(posedge clk) if (en) word_q <= d;
  assign q = word_q;
endmodule
`default_nettype wire
