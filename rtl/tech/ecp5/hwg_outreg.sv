// SPDX-License-Identifier: Apache-2.0
// Output register of a memory, for the ECP5: it runs freely, in bits that synthesis merges into the block RAM.
//
// latency   d with en at cycle i -> q at cycle i+1
// reset     none (data path)
// limits    d changes only in the cycle before one with en
`default_nettype none
module hwg_outreg #(
    parameter integer WIDTH = 8
) (
    input  wire             clk,
    input  wire             en,
    input  wire [WIDTH-1:0] d,
    output wire [WIDTH-1:0] q
);
  genvar i;
  generate
    for (i = 0; i < WIDTH; i = i + 1) begin : gen_bit
      hwg_ecp5_outreg u_bit (.clk(clk), .d(d[i]), .q(q[i]));
    end
  endgenerate
  wire unused_en = en;
endmodule

// A bit of it that the block RAM may hold: synthesis merges it where all outputs of a block go to such bits
// (ecp5_map.v, docs/adr/0018), else it is a flip-flop.
(* keep_hierarchy *)
module hwg_ecp5_outreg (
    input  wire clk,
    input  wire d,
    output reg  q
);
  always @(posedge clk) q <= d;
endmodule
`default_nettype wire
