// SPDX-License-Identifier: Apache-2.0
// Two memories in the same block RAMs, for words of different widths that are never needed at the same time: what one
// writes may destroy any word of the other. Words BLOCK apart share a line of bytes of nine bits: first the first byte of
// each, then their second bytes. So a byte is chosen among neighbours, most of which one block has, not among blocks.
//
// latency   as hwg_ram: raddr with re at cycle i -> rdata from cycle i+2 on, held until the next read of either arrives
// reset     none (memory)
// limits    WIDTH, DEPTH >= 1; at most one of a_we and b_we, and of a_re and b_re; a word is not read while it, or a word
//           of the other memory in its line, is being written: simulation then returns wrong bits
// technology layer: behavioural model and inferred version in one (hwg_outreg)
`default_nettype none
module hwg_shared_ram #(
    parameter integer A_WIDTH = 8,
    parameter integer A_DEPTH = 16,
    parameter integer B_WIDTH = 16,
    parameter integer B_DEPTH = 16,
    parameter integer BLOCK   = 512,  // words of a block RAM in its widest shape; a power of two
    parameter integer AAW     = (A_DEPTH > 1) ? $clog2(A_DEPTH) : 1,
    parameter integer BAW     = (B_DEPTH > 1) ? $clog2(B_DEPTH) : 1
) (
    input  wire               clk,
    input  wire               a_we,
    input  wire [AAW-1:0]     a_waddr,
    input  wire [A_WIDTH-1:0] a_wdata,
    input  wire               a_re,
    input  wire [AAW-1:0]     a_raddr,
    output wire [A_WIDTH-1:0] a_rdata,
    input  wire               b_we,
    input  wire [BAW-1:0]     b_waddr,
    input  wire [B_WIDTH-1:0] b_wdata,
    input  wire               b_re,
    input  wire [BAW-1:0]     b_raddr,
    output wire [B_WIDTH-1:0] b_rdata
);
  localparam integer LW      = $clog2(BLOCK);
  localparam integer A_SIDE  = (A_DEPTH + BLOCK - 1) / BLOCK;  // words of a line: sides
  localparam integer B_SIDE  = (B_DEPTH + BLOCK - 1) / BLOCK;
  localparam integer A_PITCH = (A_WIDTH + 8) / 9;              // bytes of a word
  localparam integer B_PITCH = (B_WIDTH + 8) / 9;
  localparam integer BLOCKS  = ((A_SIDE * A_PITCH > B_SIDE * B_PITCH) ? A_SIDE * A_PITCH + 3 : B_SIDE * B_PITCH + 3) / 4;

  // An address is a line and a side of it.
  wire [31:0]          a_write = 32'(a_waddr), b_write = 32'(b_waddr), a_read = 32'(a_raddr), b_read = 32'(b_raddr);
  wire [LW-1:0]        wline   = b_we ? b_write[LW-1:0] : a_write[LW-1:0];
  wire [LW-1:0]        rline   = b_re ? b_read[LW-1:0] : a_read[LW-1:0];
  wire [A_PITCH*9-1:0] a_word  = (A_PITCH*9)'(a_wdata);
  wire [B_PITCH*9-1:0] b_word  = (B_PITCH*9)'(b_wdata);
  wire [BLOCKS*4-1:0]  we;
  wire [BLOCKS*36-1:0] wdata, array, line;
  reg  [31-LW:0]       a_side1_q, b_side1_q, a_side_q, b_side_q;
  reg                  re_q;
  always @(posedge clk) begin
    re_q <= a_re || b_re;
    if (a_re) a_side1_q <= a_read[31:LW];
    if (b_re) b_side1_q <= b_read[31:LW];
    {a_side_q, b_side_q} <= {a_side1_q, b_side1_q};
  end

  genvar i;
  generate
    for (i = 0; i < BLOCKS * 4; i = i + 1) begin : gen_byte
      wire a_here = i < A_SIDE * A_PITCH && a_we && 32'(a_write[31:LW]) == i % A_SIDE;
      wire b_here = i < B_SIDE * B_PITCH && b_we && 32'(b_write[31:LW]) == i % B_SIDE;
      assign we[i]           = a_here || b_here;
      assign wdata[i*9 +: 9] = b_we ? b_word[i / B_SIDE % B_PITCH * 9 +: 9] : a_word[i / A_SIDE % A_PITCH * 9 +: 9];
    end
    for (i = 0; i < BLOCKS; i = i + 1) begin : gen_block
`ifdef SYNTHESIS
      (* ram_style = "block", no_rw_check *)
`endif
      reg [35:0] mem [0:BLOCK-1];
      reg [35:0] array_q;
`ifdef SYNTHESIS
      wire [3:0] collides = 4'd0;
`else
      wire [3:0] collides = (wline == rline) ? we[i*4 +: 4] : 4'd0;
`endif
      always @(posedge clk) begin
        if (we[i*4])   mem[wline][8:0]   <= wdata[i*36 +: 9];
        if (we[i*4+1]) mem[wline][17:9]  <= wdata[i*36+9 +: 9];
        if (we[i*4+2]) mem[wline][26:18] <= wdata[i*36+18 +: 9];
        if (we[i*4+3]) mem[wline][35:27] <= wdata[i*36+27 +: 9];
        if (a_re || b_re)
          array_q <= mem[rline] ^ {{9{collides[3]}}, {9{collides[2]}}, {9{collides[1]}}, {9{collides[0]}}};
      end
      assign array[i*36 +: 36] = array_q;
    end
  endgenerate

  wire [A_SIDE*A_WIDTH-1:0] a_words;
  wire [B_SIDE*B_WIDTH-1:0] b_words;
  hwg_outreg #(.WIDTH(BLOCKS * 36)) u_outreg (.clk(clk), .en(re_q), .d(array), .q(line));
  generate
    for (i = 0; i < A_SIDE * A_WIDTH; i = i + 1) begin : gen_a
      assign a_words[i] = line[(i % A_WIDTH / 9 * A_SIDE + i / A_WIDTH) * 9 + i % A_WIDTH % 9];
    end
    for (i = 0; i < B_SIDE * B_WIDTH; i = i + 1) begin : gen_b
      assign b_words[i] = line[(i % B_WIDTH / 9 * B_SIDE + i / B_WIDTH) * 9 + i % B_WIDTH % 9];
    end
  endgenerate
  hwg_select #(.N(A_SIDE), .W(A_WIDTH), .IW(32 - LW)) u_a (.index(a_side_q), .entries(a_words), .entry(a_rdata));
  hwg_select #(.N(B_SIDE), .W(B_WIDTH), .IW(32 - LW)) u_b (.index(b_side_q), .entries(b_words), .entry(b_rdata));
  wire unused = &{1'b0, line};  // bytes of nine bits, words of fewer
endmodule
`default_nettype wire
