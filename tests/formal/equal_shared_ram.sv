// SPDX-License-Identifier: Apache-2.0
// Two versions of hwg_shared_ram: reads equal, and as two memories would give them, wherever the address has been written
// since the other memory was, and is not being written, nor a word of the other memory in its line.
`default_nettype none
module proof #(
    parameter integer A_WIDTH = 2,
    parameter integer A_DEPTH = 5,
    parameter integer B_WIDTH = 11,
    parameter integer B_DEPTH = 3,
    parameter integer BLOCK   = 2
) (
    input wire                       clk,
    input wire                       a_we,
    input wire [$clog2(A_DEPTH)-1:0] a_waddr,
    input wire [A_WIDTH-1:0]         a_wdata,
    input wire                       a_re,
    input wire [$clog2(A_DEPTH)-1:0] a_raddr,
    input wire                       b_we,
    input wire [$clog2(B_DEPTH)-1:0] b_waddr,
    input wire [B_WIDTH-1:0]         b_wdata,
    input wire                       b_re,
    input wire [$clog2(B_DEPTH)-1:0] b_raddr
);
  wire [A_WIDTH-1:0] a_first, a_second;
  wire [B_WIDTH-1:0] b_first, b_second;
  first_hwg_shared_ram #(
      .A_WIDTH(A_WIDTH), .A_DEPTH(A_DEPTH), .B_WIDTH(B_WIDTH), .B_DEPTH(B_DEPTH), .BLOCK(BLOCK)) u_first (
      .clk(clk), .a_we(a_we), .a_waddr(a_waddr), .a_wdata(a_wdata), .a_re(a_re), .a_raddr(a_raddr), .a_rdata(a_first),
      .b_we(b_we), .b_waddr(b_waddr), .b_wdata(b_wdata), .b_re(b_re), .b_raddr(b_raddr), .b_rdata(b_first));
  second_hwg_shared_ram #(
      .A_WIDTH(A_WIDTH), .A_DEPTH(A_DEPTH), .B_WIDTH(B_WIDTH), .B_DEPTH(B_DEPTH), .BLOCK(BLOCK)) u_second (
      .clk(clk), .a_we(a_we), .a_waddr(a_waddr), .a_wdata(a_wdata), .a_re(a_re), .a_raddr(a_raddr), .a_rdata(a_second),
      .b_we(b_we), .b_waddr(b_waddr), .b_wdata(b_wdata), .b_re(b_re), .b_raddr(b_raddr), .b_rdata(b_second));
  always @* begin
    assume (32'(a_waddr) < A_DEPTH && 32'(a_raddr) < A_DEPTH && 32'(b_waddr) < B_DEPTH && 32'(b_raddr) < B_DEPTH);
    assume (!(a_we && b_we) && !(a_re && b_re));
  end
  localparam integer LW = $clog2(BLOCK);
  wire a_collides = (a_we && a_waddr == a_raddr) || (b_we && b_waddr[LW-1:0] == a_raddr[LW-1:0]);
  wire b_collides = (b_we && b_waddr == b_raddr) || (a_we && a_waddr[LW-1:0] == b_raddr[LW-1:0]);

  // the definition: two memories, each forgotten when the other is written; the word two cycles later, held
  reg [A_DEPTH-1:0] a_written_q;
  reg [B_DEPTH-1:0] b_written_q;
  reg               a_known1_q, a_known2_q, b_known1_q, b_known2_q, a_re1_q, b_re1_q;
  reg [A_WIDTH-1:0] a_mem [0:A_DEPTH-1];
  reg [B_WIDTH-1:0] b_mem [0:B_DEPTH-1];
  reg [A_WIDTH-1:0] a_word1_q, a_word2_q;
  reg [B_WIDTH-1:0] b_word1_q, b_word2_q;
  initial {a_written_q, b_written_q, a_known1_q, a_known2_q, b_known1_q, b_known2_q, a_re1_q, b_re1_q} = '0;
  always @(posedge clk) begin
    if (a_we) begin
      a_written_q[a_waddr] <= 1'b1;
      b_written_q <= '0;
      a_mem[a_waddr] <= a_wdata;
    end
    if (b_we) begin
      b_written_q[b_waddr] <= 1'b1;
      a_written_q <= '0;
      b_mem[b_waddr] <= b_wdata;
    end
    {a_re1_q, b_re1_q} <= {a_re, b_re};
    if (a_re) {a_known1_q, a_word1_q} <= {a_written_q[a_raddr] && !a_collides, a_mem[a_raddr]};
    if (b_re) {b_known1_q, b_word1_q} <= {b_written_q[b_raddr] && !b_collides, b_mem[b_raddr]};
    if (a_re1_q) {a_known2_q, a_word2_q} <= {a_known1_q, a_word1_q};
    else if (b_re1_q) a_known2_q <= 1'b0;
    if (b_re1_q) {b_known2_q, b_word2_q} <= {b_known1_q, b_word1_q};
    else if (a_re1_q) b_known2_q <= 1'b0;
  end
  always @* begin
    if (a_known2_q) begin
      a_equal: assert (a_first == a_second);
      a_defined: assert (a_first == a_word2_q);
      a_read: cover (a_re1_q && a_known1_q && a_word1_q != a_word2_q);
    end
    if (b_known2_q) begin
      b_equal: assert (b_first == b_second);
      b_defined: assert (b_first == b_word2_q);
      b_read: cover (b_re1_q && b_known1_q && b_word1_q != b_word2_q);
    end
  end
endmodule
`default_nettype wire
