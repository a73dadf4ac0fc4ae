// SPDX-License-Identifier: Apache-2.0
// Two versions of hwg_rom, as logic and as a block: the word of the file, two cycles after its address,
// held until the next read arrives.
`default_nettype none
module proof #(
    parameter integer WIDTH = 4,
    parameter integer DEPTH = 5,
    parameter integer LUTS  = 0,   // the second of them: of LUTs
    parameter integer BLOCK = 512  // or 8, the number of lines of rom_8.hex, which has the same words
) (
    input wire                     clk,
    input wire                     re,
    input wire [$clog2(DEPTH)-1:0] raddr
);
  localparam FILE = (BLOCK == 512) ? "rom.hex" : "rom_8.hex";
  wire [WIDTH-1:0] first, second;
  first_hwg_rom #(.WIDTH(WIDTH), .DEPTH(DEPTH), .BLOCK(BLOCK), .LUT_DEPTH(LUTS ? 0 : DEPTH), .FILE(FILE)) u_first (
      .clk(clk), .re(re), .raddr(raddr), .rdata(first));
  second_hwg_rom #(.WIDTH(WIDTH), .DEPTH(DEPTH), .BLOCK(BLOCK), .LUT_DEPTH(LUTS ? DEPTH : 0), .FILE(FILE)) u_second (
      .clk(clk), .re(re), .raddr(raddr), .rdata(second));
  always @* assume (32'(raddr) < DEPTH);
  reg [WIDTH-1:0] word1_q, word2_q;
  reg             re1_q, known1_q, known2_q;
  initial {re1_q, known1_q, known2_q} = '0;
  reg [WIDTH-1:0] file [0:DEPTH-1];
  initial $readmemh("rom.hex", file);
  always @(posedge clk) begin
    re1_q <= re;
    if (re) {known1_q, word1_q} <= {1'b1, file[raddr]};
    if (re1_q) {known2_q, word2_q} <= {known1_q, word1_q};
  end
  always @* if (known2_q) begin
    equal: assert (first == second);
    defined: assert (first == word2_q);
    last_word: cover (raddr == ($clog2(DEPTH))'(DEPTH - 1) && re1_q && word1_q != word2_q);
  end
endmodule
`default_nettype wire
