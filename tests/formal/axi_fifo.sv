// SPDX-License-Identifier: Apache-2.0
// hwg_axi_fifo with a memory that answers when it likes: the rules of an AXI4 master; bursts follow each other through the
// region; a beat is asked for after the response to its write; words come out once, unchanged and in order; after a clear
// nothing old comes out. Words are as wide as beats here.
`default_nettype none
module proof #(
    parameter integer DATA   = 8,
    parameter integer BURST  = 2,
    parameter integer WRITE  = 4,
    parameter integer READ   = 4,
    parameter integer WRITES = 2,
    parameter integer REGION = 4096
) (
    input wire             clk,
    input wire             rst,
    input wire             clear,
    input wire             s_valid,
    input wire             s_last,
    input wire [DATA-1:0]  s_data,
    input wire             m_ready,
    input wire             awready,
    input wire             wready,
    input wire             bvalid,
    input wire [1:0]       bresp,
    input wire             arready,
    input wire             rvalid,
    input wire [DATA-1:0]  rdata,
    input wire [1:0]       rresp,
    input wire             rlast
);
  wire        draining, error, s_ready, m_valid, awvalid, wvalid, wlast, bready, arvalid, rready, begun;
  wire [63:0] awaddr, araddr;
  wire [7:0]  awlen, arlen;
  wire [DATA-1:0]   m_data, wdata;
  wire [DATA/8-1:0] wstrb;
  localparam [63:0] BASE = 64'h1000;
  hwg_axi_fifo #(.WIDTH(DATA), .DATA(DATA), .BURST(BURST), .WRITE(WRITE), .READ(READ), .WRITES(WRITES), .REGION(REGION))
  u_dut (
      .clk(clk), .rst(rst), .clear(clear), .draining(draining), .error(error), .base(BASE), .s_valid(s_valid),
      .s_ready(s_ready), .s_last(s_last), .s_data(s_data), .m_valid(m_valid), .m_ready(m_ready), .m_data(m_data),
      .m_axi_fb_awaddr(awaddr), .m_axi_fb_awlen(awlen), .m_axi_fb_awvalid(awvalid), .m_axi_fb_awready(awready),
      .m_axi_fb_wdata(wdata), .m_axi_fb_wstrb(wstrb), .m_axi_fb_wlast(wlast), .m_axi_fb_wvalid(wvalid),
      .m_axi_fb_wready(wready), .m_axi_fb_bid(1'b0), .m_axi_fb_bresp(bresp), .m_axi_fb_bvalid(bvalid),
      .m_axi_fb_bready(bready), .m_axi_fb_araddr(araddr), .m_axi_fb_arlen(arlen), .m_axi_fb_arvalid(arvalid),
      .m_axi_fb_arready(arready), .m_axi_fb_rid(1'b0), .m_axi_fb_rdata(rdata), .m_axi_fb_rresp(rresp),
      .m_axi_fb_rlast(rlast), .m_axi_fb_rvalid(rvalid), .m_axi_fb_rready(rready));
  proof_reset u_reset (.clk(clk), .rst(rst), .begun(begun));
  proof_axi4 #(.AW(64), .DW(DATA), .MAX(WRITES + 1)) u_rules (
      .clk(clk), .rst(rst), .awaddr(awaddr), .awlen(awlen), .awvalid(awvalid), .awready(awready), .wdata(wdata),
      .wstrb(wstrb), .wlast(wlast), .wvalid(wvalid), .wready(wready), .bresp(bresp), .bvalid(bvalid), .bready(bready),
      .araddr(araddr), .arlen(arlen), .arvalid(arvalid), .arready(arready), .rdata(rdata), .rresp(rresp), .rlast(rlast),
      .rvalid(rvalid), .rready(rready));
  proof_stream #(.WIDTH(DATA)) u_out (
      .clk(clk), .rst(rst || clear || draining), .valid(m_valid), .ready(m_ready), .data(m_data));
  // The memory: beats by their number since the reset or the drain, after which addresses begin anew. A response commits
  // the beats of its burst.
  localparam integer KEPT = 16;  // beats that the model remembers
  reg [DATA-1:0] mem [0:KEPT-1];
  reg [15:0]     ends [0:7];     // beats up to the end of a burst
  reg [15:0]     aw_q, w_q, ar_q, r_q, committed_q;
  reg [2:0]      bursts_q, answers_q;
  reg            drains_q, aw_waits_q, ar_waits_q;
  wire aw = awvalid && awready, w = wvalid && wready, b = bvalid && bready, ar = arvalid && arready, r = rvalid && rready;
  always @(posedge clk) begin
    drains_q <= !rst && draining;
    {aw_waits_q, ar_waits_q} <= {awvalid && !awready, arvalid && !arready};
    if (w) mem[w_q[$clog2(KEPT)-1:0]] <= wdata;
    if (aw) ends[bursts_q] <= aw_q + 16'(awlen) + 16'd1;
    if (rst || (drains_q && !draining)) {aw_q, w_q, ar_q, r_q, committed_q, bursts_q, answers_q} <= '0;
    else begin
      if (aw) aw_q <= aw_q + 16'(awlen) + 16'd1;
      if (ar) ar_q <= ar_q + 16'(arlen) + 16'd1;
      w_q <= w_q + 16'(w);
      r_q <= r_q + 16'(r);
      bursts_q  <= bursts_q + 3'(aw);
      answers_q <= answers_q + 3'(b);
      if (b) committed_q <= ends[answers_q];
    end
  end
  always @* if (begun && rvalid) assume (rdata == mem[r_q[$clog2(KEPT)-1:0]]);
  localparam integer MAX = 3 * (WRITE + READ) + KEPT;
  wire [$clog2(MAX+2)-1:0] inside;
  proof_order #(.WIDTH(DATA), .MAX(MAX)) u_order (
      .clk(clk), .flush(rst || clear || draining), .push(s_valid && s_ready), .push_data(s_data),
      .pop(m_valid && m_ready), .pop_data(m_data), .in_flight(inside));
  localparam [63:0] END = BASE + 64'(REGION * (DATA / 8));
  always @* if (begun && !rst) begin
    if (awvalid) write_inside: assert (awaddr >= BASE && awaddr + (64'(awlen) + 64'd1) * (DATA / 8) <= END);
    if (arvalid) read_inside: assert (araddr >= BASE && araddr + (64'(arlen) + 64'd1) * (DATA / 8) <= END);
    if (awvalid) write_next: assert (awaddr == BASE + 64'(aw_q) * (DATA / 8));
    if (arvalid) read_next: assert (araddr == BASE + 64'(ar_q) * (DATA / 8));
    if (arvalid) committed: assert (ar_q + 16'(arlen) + 16'd1 <= committed_q);
    if (wvalid) whole: assert (&wstrb);
    if (draining) silent: assert (!m_valid);
    if (drains_q && draining) no_burst_starts: assert ((!awvalid || aw_waits_q) && (!arvalid || ar_waits_q));
    back: cover (m_valid && m_ready && !draining && !clear);
    if (drains_q && !draining) at_rest: assert (!awvalid && !wvalid && !arvalid && committed_q == aw_q && r_q == ar_q);
    drained: cover (drains_q && !draining && r_q != '0);
  end
  wire unused = &{1'b0, error, inside};
endmodule
`default_nettype wire
