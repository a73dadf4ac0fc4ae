// SPDX-License-Identifier: Apache-2.0
// Two versions of hwg_ram, of LUTs and as a block: reads equal wherever the address has been written and is
// not being written.
`default_nettype none
module proof #(
    parameter integer WIDTH = 2,
    parameter integer DEPTH = 3,
    parameter integer LUTS  = 0,   // the second of them: of LUTs
    parameter integer BLOCK = 512
) (
    input wire                     clk,
    input wire                     we,
    input wire [$clog2(DEPTH)-1:0] waddr,
    input wire [WIDTH-1:0]         wdata,
    input wire                     re,
    input wire [$clog2(DEPTH)-1:0] raddr
);
  wire [WIDTH-1:0] first, second;
  first_hwg_ram #(.WIDTH(WIDTH), .DEPTH(DEPTH), .BLOCK(BLOCK), .LUT_DEPTH(LUTS ? 0 : DEPTH)) u_first (
      .clk(clk), .we(we), .waddr(waddr), .wdata(wdata), .re(re), .raddr(raddr), .rdata(first));
  second_hwg_ram #(.WIDTH(WIDTH), .DEPTH(DEPTH), .BLOCK(BLOCK), .LUT_DEPTH(LUTS ? DEPTH : 0)) u_second (
      .clk(clk), .we(we), .waddr(waddr), .wdata(wdata), .re(re), .raddr(raddr), .rdata(second));
  always @* assume (32'(waddr) < DEPTH && 32'(raddr) < DEPTH);
  reg [DEPTH-1:0] written_q;
  reg             known1_q, known2_q, re1_q;
  reg [WIDTH-1:0] mem [0:DEPTH-1];  // the definition: the word, two cycles later, held
  reg [WIDTH-1:0] word1_q, word2_q;
  initial {written_q, known1_q, known2_q, re1_q} = '0;
  always @(posedge clk) begin
    if (we) begin
      written_q[waddr] <= 1'b1;
      mem[waddr] <= wdata;
    end
    re1_q <= re;
    if (re) {known1_q, word1_q} <= {written_q[raddr] && !(we && waddr == raddr), mem[raddr]};
    if (re1_q) {known2_q, word2_q} <= {known1_q, word1_q};
  end
  always @* if (known2_q) begin
    equal: assert (first == second);
    defined: assert (first == word2_q);
    read: cover (re1_q && known1_q && word1_q != word2_q);
  end
endmodule
`default_nettype wire
