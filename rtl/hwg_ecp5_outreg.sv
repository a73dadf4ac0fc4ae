// SPDX-License-Identifier: Apache-2.0
// A bit of a memory's output register that the block RAM of an ECP5 may hold: synthesis merges it where all outputs of a
// block go to such bits (ecp5_map.v, docs/adr/0018), else it is a flip-flop.
//
// latency   d at cycle i -> q at cycle i+1; reset none (data path)
`default_nettype none
(* keep_hierarchy *)
module hwg_ecp5_outreg (
    input  wire clk,
    input  wire d,
    output reg  q
);
  always @(posedge clk) q <= d;
endmodule
`default_nettype wire
