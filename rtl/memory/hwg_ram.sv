// SPDX-License-Identifier: Apache-2.0
// Simple dual-port RAM: one write port, one read port. Block RAM registers what it read, twice (array, then output
// register); a small memory is LUT RAM, which comes after registers of both ports and before that of the word.
//
// latency   raddr with re at cycle i -> rdata from cycle i+2 on, held until the next read arrives
// reset     none (memory and data path)
// limits    WIDTH >= 1, DEPTH >= 1; a word is not read while it is being written: what comes then is undefined, and wrong
//           in simulation, so that nothing can rely on it (an old word would take registers of each write beside the block)
// technology layer: behavioural model; inferred as block RAM or LUT RAM by every tool (hwg_outreg); where hwg_tech says
// so, words BLOCK apart stand side by side in bytes of nine bits, and are chosen among after the output registers
`default_nettype none
module hwg_ram #(
    parameter integer WIDTH = 8,
    parameter integer DEPTH = 16,
    parameter integer LUT_DEPTH = 32,   // up to so many words are LUT RAM
    parameter integer BLOCK = 512,      // words of a block RAM in its widest shape, 36 bits; a power of two
    parameter integer AW    = (DEPTH > 1) ? $clog2(DEPTH) : 1
) (
    input  wire             clk,
    input  wire             we,
    input  wire [AW-1:0]    waddr,
    input  wire [WIDTH-1:0] wdata,
    input  wire             re,
    input  wire [AW-1:0]    raddr,
    output wire [WIDTH-1:0] rdata
);
  // Blocks of words side by side, unless they are as few in a narrow shape.
  localparam integer WIDE    = ((DEPTH + BLOCK - 1) / BLOCK * ((WIDTH + 8) / 9) + 3) / 4;
  localparam integer NARROW4 = (DEPTH + 8 * BLOCK - 1) / (8 * BLOCK) * ((WIDTH + 3) / 4);
  localparam integer NARROW2 = (DEPTH + 16 * BLOCK - 1) / (16 * BLOCK) * ((WIDTH + 1) / 2);
  localparam integer NARROW1 = (DEPTH + 32 * BLOCK - 1) / (32 * BLOCK) * WIDTH;
  localparam integer LINES   = (hwg_tech::WIDE_BLOCKS != 0 && DEPTH > BLOCK && DEPTH > LUT_DEPTH && WIDE < NARROW4
                                && WIDE < NARROW2 && WIDE < NARROW1) ? BLOCK : DEPTH;
  localparam integer SIDE    = (DEPTH + LINES - 1) / LINES;  // words of a line
  localparam integer PITCH   = (SIDE > 1) ? (WIDTH + 8) / 9 * 9 : WIDTH;
  localparam integer LW      = (LINES > 1) ? $clog2(LINES) : 1;
`ifdef SYNTHESIS
  (* ram_style = (DEPTH <= LUT_DEPTH) ? "distributed" : (hwg_tech::WIDE_BLOCKS != 0) ? "block" : "auto", no_rw_check *)
`endif
  reg [SIDE*PITCH-1:0] mem [0:LINES-1];
  reg                  re_q;
  always @(posedge clk) re_q <= re;

  generate
    if (DEPTH <= LUT_DEPTH) begin : gen_lut
      reg             we_q;
      reg [AW-1:0]    waddr_q, raddr_q;
      reg [WIDTH-1:0] wdata_q, word_q;
      always @(posedge clk) begin
        we_q <= we;
        {waddr_q, wdata_q} <= {waddr, wdata};
        if (we_q) mem[waddr_q] <= wdata_q;
        if (re) raddr_q <= raddr;
        if (re_q) word_q <= mem[raddr_q];
      end
      assign rdata = word_q;
    end else if (SIDE == 1) begin : gen_block
      reg [WIDTH-1:0] array_q;
`ifdef SYNTHESIS
      wire collides = 1'b0;
`else
      wire collides = we && waddr == raddr;
`endif
      always @(posedge clk) begin
        if (we) mem[waddr] <= wdata;
        if (re) array_q <= collides ? ~mem[raddr] : mem[raddr];
      end
      hwg_outreg #(.WIDTH(WIDTH)) u_outreg (.clk(clk), .en(re_q), .d(array_q), .q(rdata));
    end else begin : gen_side
      reg  [SIDE*PITCH-1:0] array_q;
      reg  [AW-LW-1:0]      side1_q, side_q;
      wire [SIDE*WIDTH-1:0] words;
      always @(posedge clk) begin
        if (re) {array_q, side1_q} <= {mem[raddr[LW-1:0]], raddr[AW-1:LW]};
        side_q <= side1_q;
      end
      genvar w;
      for (w = 0; w < SIDE; w = w + 1) begin : gen_word
        // a process for each word: in one for all of them Yosys takes minutes over hundreds
        always @(posedge clk)
          if (we && 32'(waddr[AW-1:LW]) == w) mem[waddr[LW-1:0]][w*PITCH +: WIDTH] <= wdata;
        hwg_outreg #(.WIDTH(WIDTH)) u_outreg (
            .clk(clk), .en(re_q), .d(array_q[w*PITCH +: WIDTH]), .q(words[w*WIDTH +: WIDTH]));
      end
      hwg_select #(.N(SIDE), .W(WIDTH), .IW(AW - LW)) u_word (.index(side_q), .entries(words), .entry(rdata));
    end
  endgenerate
endmodule
`default_nettype wire
