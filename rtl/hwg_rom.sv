// SPDX-License-Identifier: Apache-2.0
// ROM loaded from a hex file, read data registered twice (array, then output register).
//
// latency   raddr with re at cycle i -> rdata from cycle i+2 on, held until the next read arrives
// reset     none (memory and data path)
// limits    WIDTH >= 1, DEPTH >= 1; FILE has DEPTH words, one a line
// technology layer: behavioural model, inferred as initialised block RAM or LUT RAM
`default_nettype none
module hwg_rom #(
    parameter integer WIDTH = 8,
    parameter integer DEPTH = 16,
    parameter integer LUT_DEPTH = 32,   // up to so many words are logic
    parameter         FILE  = "rom.hex",
    parameter integer AW    = (DEPTH > 1) ? $clog2(DEPTH) : 1
) (
    input  wire             clk,
    input  wire             re,
    input  wire [AW-1:0]    raddr,
    output reg  [WIDTH-1:0] rdata
);
`ifdef SYNTHESIS
  (* ram_style = (DEPTH <= LUT_DEPTH) ? "logic" : "auto" *)
`endif
  reg [WIDTH-1:0] mem [0:DEPTH-1];
  wire unused = &{1'b0, LUT_DEPTH != 0};
  reg [WIDTH-1:0] array_q;
  reg             re_q;

  initial $readmemh(FILE, mem);

  always @(posedge clk) begin
    if (re) array_q <= mem[raddr];
    re_q <= re;
    if (re_q) rdata <= array_q;
  end
endmodule
`default_nettype wire
