// SPDX-License-Identifier: Apache-2.0
// Rules of an AXI4 master with one ID and incrementing bursts, and the promises of the slave that it meets.
//
// The master's duty: offers stay; a burst has at most 256 beats and does not cross 4 KiB; data follow their addresses (no
// beat before the address of its burst is offered) with `wlast` on the last beat only; no more than MAX bursts under way.
// The slave's promise: as many beats a read as asked, `rlast` on the last; one response a write, after its last beat.
// limits    addresses and lengths of up to MAX bursts a direction are remembered
`default_nettype none
module proof_axi4 #(
    parameter integer AW   = 16,
    parameter integer DW   = 32,
    parameter integer MAX  = 4,
    parameter integer SIZE = $clog2(DW / 8)
) (
    input wire            clk,
    input wire            rst,
    input wire [AW-1:0]   awaddr,
    input wire [7:0]      awlen,
    input wire            awvalid,
    input wire            awready,
    input wire [DW-1:0]   wdata,
    input wire [DW/8-1:0] wstrb,
    input wire            wlast,
    input wire            wvalid,
    input wire            wready,
    input wire [1:0]      bresp,
    input wire            bvalid,
    input wire            bready,
    input wire [AW-1:0]   araddr,
    input wire [7:0]      arlen,
    input wire            arvalid,
    input wire            arready,
    input wire [DW-1:0]   rdata,
    input wire [1:0]      rresp,
    input wire            rlast,
    input wire            rvalid,
    input wire            rready
);
  localparam integer CW = $clog2(MAX + 2);
  proof_stream #(.WIDTH(AW + 8)) u_aw (
      .clk(clk), .rst(rst), .valid(awvalid), .ready(awready), .data({awaddr, awlen}));
  proof_stream #(.WIDTH(DW + DW / 8 + 1)) u_w (
      .clk(clk), .rst(rst), .valid(wvalid), .ready(wready), .data({wdata, wstrb, wlast}));
  proof_stream #(.WIDTH(AW + 8)) u_ar (
      .clk(clk), .rst(rst), .valid(arvalid), .ready(arready), .data({araddr, arlen}));
  proof_stream #(.WIDTH(2), .ASSUME(1)) u_b (.clk(clk), .rst(rst), .valid(bvalid), .ready(bready), .data(bresp));
  proof_stream #(.WIDTH(DW + 3), .ASSUME(1)) u_r (
      .clk(clk), .rst(rst), .valid(rvalid), .ready(rready), .data({rdata, rresp, rlast}));

  // Last byte of a burst, inside its 4 KiB page.
  function within_page(input [AW-1:0] address, input [7:0] length);
    reg [12:0] from, bytes;
    begin
      from  = {1'b0, address[11:0]} & ~13'((1 << SIZE) - 1);
      bytes = (13'(length) + 13'd1) << SIZE;
      within_page = 14'(from) + 14'(bytes) <= 14'd4096;
    end
  endfunction

  wire aw = awvalid && awready, w = wvalid && wready, b = bvalid && bready, ar = arvalid && arready, r = rvalid && rready;
  // Lengths of the bursts whose beats are not all there, oldest lowest.
  reg [MAX*8-1:0] wlens_q, rlens_q;
  reg [CW-1:0]    w_bursts_q, b_bursts_q, r_bursts_q;  // writes with beats to come; without response; reads
  reg [7:0]       w_beat_q, r_beat_q;
  initial {w_bursts_q, b_bursts_q, r_bursts_q} = '0;
  wire w_here = w_bursts_q != '0;                 // else the beat belongs to the address that is offered now
  wire [7:0] wlen = w_here ? wlens_q[7:0] : awlen;
  wire w_ends = w && w_beat_q == wlen, r_ends = r && r_beat_q == rlens_q[7:0];
  reg early_q;  // all beats of the address that is offered have been taken before it
  initial early_q = 1'b0;
  wire remember = aw && !early_q && !(w_ends && !w_here);
  wire [MAX*8-1:0] wlens = w_ends && w_here ? wlens_q >> 8 : wlens_q;
  wire [MAX*8-1:0] rlens = r_ends ? rlens_q >> 8 : rlens_q;
  wire [CW-1:0]    w_left = w_bursts_q - CW'(w_ends && w_here), r_left = r_bursts_q - CW'(r_ends);
  always @(posedge clk)
    if (rst) begin
      {w_bursts_q, b_bursts_q, r_bursts_q, w_beat_q, r_beat_q, wlens_q, rlens_q} <= '0;
      early_q <= 1'b0;
    end else begin
      wlens_q <= remember ? wlens | ((MAX*8)'(awlen) << (8 * w_left)) : wlens;
      rlens_q <= ar ? rlens | ((MAX*8)'(arlen) << (8 * r_left)) : rlens;
      w_bursts_q <= w_left + CW'(remember);
      b_bursts_q <= b_bursts_q + CW'(w_ends) - CW'(b);
      r_bursts_q <= r_left + CW'(ar);
      if (w) w_beat_q <= w_ends ? '0 : w_beat_q + 8'd1;
      if (r) r_beat_q <= r_ends ? '0 : r_beat_q + 8'd1;
      early_q <= !aw && (early_q || (w_ends && !w_here));
    end
  reg begun_q;
  initial begun_q = 1'b0;
  always @(posedge clk) begun_q <= 1'b1;
  always @* if (begun_q && !rst) begin
    if (awvalid) write_page: assert (within_page(awaddr, awlen));
    if (arvalid) read_page: assert (within_page(araddr, arlen));
    if (wvalid) addressed: assert (w_here || (awvalid && !early_q));
    if (wvalid) last_beat: assert (wlast == (w_beat_q == wlen));
    few: assert (w_bursts_q <= CW'(MAX) && b_bursts_q <= CW'(MAX) && r_bursts_q <= CW'(MAX));
    if (bvalid) assume (b_bursts_q > CW'(early_q));
    if (rvalid) assume (r_bursts_q != '0 && rlast == (r_beat_q == rlens_q[7:0]));
    writes: cover (b && w_beat_q == '0);
    reads: cover (r_ends && r_beat_q != '0);
  end
endmodule
`default_nettype wire
