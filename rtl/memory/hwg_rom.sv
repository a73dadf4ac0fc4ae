// SPDX-License-Identifier: Apache-2.0
// ROM loaded from a hex file. Block RAM registers what it read, twice (array, then output register); a small ROM is
// logic with a register in its middle.
//
// latency   raddr with re at cycle i -> rdata from cycle i+2 on, held until the next read arrives
// reset     none (memory and data path)
// limits    WIDTH >= 1, DEPTH >= 1
// FILE      a word a line; words BLOCK apart side by side, the first lowest: a deep ROM chooses among them after the
//           output registers
// technology layer: behavioural model; inferred as initialised block RAM or logic (hwg_tech, hwg_outreg)
`default_nettype none
module hwg_rom #(
    parameter integer WIDTH = 8,
    parameter integer DEPTH = 16,
    parameter integer LUT_DEPTH = 32,   // up to so many words are logic
    parameter integer BLOCK = 512,      // words of a block RAM in its widest shape; a power of two
    parameter         FILE  = "rom.hex",
    parameter integer AW    = (DEPTH > 1) ? $clog2(DEPTH) : 1
) (
    input  wire             clk,
    input  wire             re,
    input  wire [AW-1:0]    raddr,
    output wire [WIDTH-1:0] rdata
);
  localparam integer LINES = (DEPTH > BLOCK) ? BLOCK : DEPTH;
  localparam integer SIDE  = (DEPTH + LINES - 1) / LINES;  // words of a line
  localparam integer LW    = (LINES > 1) ? $clog2(LINES) : 1;
`ifdef SYNTHESIS
  (* ram_style = (DEPTH <= LUT_DEPTH) ? "logic" : (hwg_tech::WIDE_BLOCKS != 0) ? "block" : "auto" *)
`endif
  reg [SIDE*WIDTH-1:0] mem [0:LINES-1];
  reg                  re_q;
  initial $readmemh(FILE, mem);
  always @(posedge clk) re_q <= re;

`ifdef SYNTHESIS
  generate
    if (DEPTH <= LUT_DEPTH) begin : gen_logic
      // A LUT has sixteen bits: those of each sixteen words first, then the words that the upper bits choose.
      localparam integer BANKS = (DEPTH + 15) / 16;
      wire [AW+3:0]           raddr_wide = (AW+4)'(raddr);
      wire [BANKS*WIDTH-1:0]  words;
      reg  [BANKS*WIDTH-1:0]  words_q;
      reg  [AW+3:4]           bank_q;
      reg  [WIDTH-1:0]        word_q;
      genvar                  b;
      for (b = 0; b < BANKS; b = b + 1) begin : gen_bank
        wire [AW+3:0] at = {(AW)'(b), raddr_wide[3:0]};
        assign words[b*WIDTH +: WIDTH] = (32'(at) < DEPTH) ? mem[at[AW-1:0]] : 'x;
      end
      wire [WIDTH-1:0] word;
      hwg_select #(.N(BANKS), .W(WIDTH), .IW(AW)) u_word (.index(bank_q), .entries(words_q), .entry(word));
      always @(posedge clk) begin
        if (re) {words_q, bank_q} <= {words, raddr_wide[AW+3:4]};
        if (re_q) word_q <= word;
      end
      assign rdata = word_q;
    end else begin : gen_block
      reg  [SIDE*WIDTH-1:0] array_q;
      wire [SIDE*WIDTH-1:0] words;
      always @(posedge clk) if (re) array_q <= mem[raddr[LW-1:0]];
      hwg_outreg #(.WIDTH(SIDE * WIDTH)) u_outreg (.clk(clk), .en(re_q), .d(array_q), .q(words));
      if (SIDE == 1) begin : gen_line
        assign rdata = words;
      end else begin : gen_side
        reg [AW-LW-1:0] side1_q, side_q;
        always @(posedge clk) begin
          if (re) side1_q <= raddr[AW-1:LW];
          side_q <= side1_q;
        end
        hwg_select #(.N(SIDE), .W(WIDTH), .IW(AW - LW)) u_word (.index(side_q), .entries(words), .entry(rdata));
      end
    end
  endgenerate
`else
  reg  [AW-1:0]         raddr_q;
  reg  [WIDTH-1:0]      word_q;
  wire [31:0]           side = 32'(raddr_q) >> LW;
  wire [SIDE*WIDTH-1:0] line = mem[raddr_q[LW-1:0]];
  always @(posedge clk) begin
    if (re) raddr_q <= raddr;
    if (re_q) word_q <= line[side*WIDTH +: WIDTH];
  end
  assign rdata = word_q;
  wire unused_form = &{1'b0, LUT_DEPTH != 0};
`endif
endmodule
`default_nettype wire
