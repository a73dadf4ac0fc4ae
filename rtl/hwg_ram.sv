// SPDX-License-Identifier: Apache-2.0
// Simple dual-port RAM: one write port, one read port. Block RAM registers what it read, twice (array, then output
// register); a small memory is LUT RAM, which comes after registers of both ports and before that of the word.
//
// latency   raddr with re at cycle i -> rdata from cycle i+2 on, held until the next read arrives
// reset     none (memory and data path)
// limits    WIDTH >= 1, DEPTH >= 1; a word is not read while it is being written: what comes then is undefined, and wrong
//           in simulation, so that nothing can rely on it (an old word would take registers of each write beside the block)
// technology layer: behavioural model, inferred as block RAM or LUT RAM by every tool
`default_nettype none
module hwg_ram #(
    parameter integer WIDTH = 8,
    parameter integer DEPTH = 16,
    parameter integer LUT_DEPTH = 32,   // up to so many words are LUT RAM
    parameter integer AW    = (DEPTH > 1) ? $clog2(DEPTH) : 1
) (
    input  wire             clk,
    input  wire             we,
    input  wire [AW-1:0]    waddr,
    input  wire [WIDTH-1:0] wdata,
    input  wire             re,
    input  wire [AW-1:0]    raddr,
    output reg  [WIDTH-1:0] rdata
);
`ifdef SYNTHESIS
  (* ram_style = (DEPTH <= LUT_DEPTH) ? "distributed" : "auto", no_rw_check *)
`endif
  reg [WIDTH-1:0] mem [0:DEPTH-1];
  reg             re_q;
  always @(posedge clk) re_q <= re;

  generate
    if (DEPTH <= LUT_DEPTH) begin : gen_lut
      reg             we_q;
      reg [AW-1:0]    waddr_q, raddr_q;
      reg [WIDTH-1:0] wdata_q;
      always @(posedge clk) begin
        we_q <= we;
        {waddr_q, wdata_q} <= {waddr, wdata};
        if (we_q) mem[waddr_q] <= wdata_q;
        if (re) raddr_q <= raddr;
        if (re_q) rdata <= mem[raddr_q];
      end
    end else begin : gen_block
      reg [WIDTH-1:0] array_q;
`ifdef SYNTHESIS
      wire collides = 1'b0;
`else
      wire collides = we && waddr == raddr;
`endif
      always @(posedge clk) begin
        if (we) mem[waddr] <= wdata;
        if (re) array_q <= collides ? ~mem[raddr] : mem[raddr];
        if (re_q) rdata <= array_q;
      end
    end
  endgenerate
endmodule
`default_nettype wire
