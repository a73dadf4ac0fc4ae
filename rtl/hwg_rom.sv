// SPDX-License-Identifier: Apache-2.0
// ROM loaded from a hex file. Block RAM registers what it read, twice (array, then output register); a small ROM is
// logic with a register in its middle.
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
  reg             re_q;
  initial $readmemh(FILE, mem);
  always @(posedge clk) re_q <= re;

  generate
    if (DEPTH <= LUT_DEPTH) begin : gen_logic
`ifdef SYNTHESIS
      // A LUT has sixteen bits: those of each sixteen words first, then the words that the upper bits choose.
      localparam integer BANKS = (DEPTH + 15) / 16;
      wire [AW+3:0]           raddr_wide = (AW+4)'(raddr);
      wire [BANKS*WIDTH-1:0]  words;
      reg  [BANKS*WIDTH-1:0]  words_q;
      reg  [AW+3:4]           bank_q;
      genvar                  b;
      for (b = 0; b < BANKS; b = b + 1) begin : gen_bank
        wire [AW+3:0] at = {(AW)'(b), raddr_wide[3:0]};
        assign words[b*WIDTH +: WIDTH] = (32'(at) < DEPTH) ? mem[at[AW-1:0]] : 'x;
      end
      wire [WIDTH-1:0] word;
      hwg_select #(.N(BANKS), .W(WIDTH), .IW(AW)) u_word (.index(bank_q), .entries(words_q), .entry(word));
      always @(posedge clk) begin
        if (re) {words_q, bank_q} <= {words, raddr_wide[AW+3:4]};
        if (re_q) rdata <= word;
      end
`else
      reg [AW-1:0] raddr_q;
      always @(posedge clk) begin
        if (re) raddr_q <= raddr;
        if (re_q) rdata <= mem[raddr_q];
      end
`endif
    end else begin : gen_block
      reg [WIDTH-1:0] array_q;
      always @(posedge clk) begin
        if (re) array_q <= mem[raddr];
        if (re_q) rdata <= array_q;
      end
    end
  endgenerate
endmodule
`default_nettype wire
