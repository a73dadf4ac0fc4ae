// SPDX-License-Identifier: Apache-2.0
// Output register of a memory. d stands still between reads, so that it need not wait for `en`: an ECP5's version runs
// freely, in bits that synthesis merges into the block RAM.
//
// latency   d with en at cycle i -> q at cycle i+1
// reset     none (data path)
// limits    d changes only in the cycle before one with en
// technology layer: behavioural model and inferred version in one; ECP5
`default_nettype none
module hwg_outreg #(
    parameter integer WIDTH = 8
) (
    input  wire             clk,
    input  wire             en,
    input  wire [WIDTH-1:0] d,
    output wire [WIDTH-1:0] q
);
`ifdef HWG_ECP5
  genvar i;
  generate
    for (i = 0; i < WIDTH; i = i + 1) begin : gen_bit
      hwg_ecp5_outreg u_bit (.clk(clk), .d(d[i]), .q(q[i]));
    end
  endgenerate
  wire unused_en = en;
`else
  reg [WIDTH-1:0] word_q;
  always @(posedge clk) if (en) word_q <= d;
  assign q = word_q;
`endif
endmodule
`default_nettype wire
