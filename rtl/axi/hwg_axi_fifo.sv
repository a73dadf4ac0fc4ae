// SPDX-License-Identifier: Apache-2.0
// A FIFO of words in DRAM behind an AXI4 master: a ring of REGION beats from `base` on.
//
//   s (words) -> hwg_axi_write -> AW, W -> DRAM -> R -> hwg_axi_read -> m (words)
//                      ^     B: committed ----> AR
//
// A beat is asked for when the response to its write has come, never before, and its place is written again when it
// has come back. After `clear` what is inside is dropped: no burst starts, those begun are finished, their responses
// awaited and thrown away; `draining` until then. An error response sets `error` and changes nothing else.
// latency   some ten cycles and the memory's two latencies, of a partial burst too: an empty FIFO holds nothing back
// rate      one beat a cycle and direction, as far as the memory's latency fits into READ beats
// reset     rst, together with the bus: responses that are under way are forgotten
// limits    those of hwg_axi_write and hwg_axi_read; REGION beats are a multiple of 4 KiB; s_last only hurries
`default_nettype none
module hwg_axi_fifo #(
    parameter integer WIDTH  = 408,   // bits of a word
    parameter integer DATA   = 64,    // bits of a beat
    parameter integer BURST  = 16,    // beats
    parameter integer WRITE  = 32,    // beats of the buffer before DRAM
    parameter integer READ   = 64,    // and behind it
    parameter integer WRITES = 4,     // bursts without a response
    parameter integer REGION = 4096   // beats
) (
    input  wire              clk,
    input  wire              rst,
    input  wire              clear,
    output wire              draining,
    output reg               error,
    input  wire [63:0]       base,
    input  wire              s_valid,
    output wire              s_ready,
    input  wire              s_last,
    input  wire [WIDTH-1:0]  s_data,
    output wire              m_valid,
    input  wire              m_ready,
    output wire [WIDTH-1:0]  m_data,
    // AXI4: what never changes is constant
    output wire              m_axi_fb_awid,
    output wire [63:0]       m_axi_fb_awaddr,
    output wire [7:0]        m_axi_fb_awlen,
    output wire [2:0]        m_axi_fb_awsize,
    output wire [1:0]        m_axi_fb_awburst,
    output wire [3:0]        m_axi_fb_awcache,
    output wire [2:0]        m_axi_fb_awprot,
    output wire              m_axi_fb_awvalid,
    input  wire              m_axi_fb_awready,
    output wire [DATA-1:0]   m_axi_fb_wdata,
    output wire [DATA/8-1:0] m_axi_fb_wstrb,
    output wire              m_axi_fb_wlast,
    output wire              m_axi_fb_wvalid,
    input  wire              m_axi_fb_wready,
    input  wire              m_axi_fb_bid,
    input  wire [1:0]        m_axi_fb_bresp,
    input  wire              m_axi_fb_bvalid,
    output wire              m_axi_fb_bready,
    output wire              m_axi_fb_arid,
    output wire [63:0]       m_axi_fb_araddr,
    output wire [7:0]        m_axi_fb_arlen,
    output wire [2:0]        m_axi_fb_arsize,
    output wire [1:0]        m_axi_fb_arburst,
    output wire [3:0]        m_axi_fb_arcache,
    output wire [2:0]        m_axi_fb_arprot,
    output wire              m_axi_fb_arvalid,
    input  wire              m_axi_fb_arready,
    input  wire              m_axi_fb_rid,
    input  wire [DATA-1:0]   m_axi_fb_rdata,
    input  wire [1:0]        m_axi_fb_rresp,
    input  wire              m_axi_fb_rlast,
    input  wire              m_axi_fb_rvalid,
    output wire              m_axi_fb_rready
);
  localparam integer LW = $clog2(REGION + 1);
  localparam integer BW = $clog2(BURST + 1);
  localparam [1:0] INCR = 2'b01;
  localparam [3:0] MODIFIABLE = 4'b0011;
  localparam [2:0] SIZE = 3'($clog2(DATA / 8));
  assign {m_axi_fb_awid, m_axi_fb_awsize, m_axi_fb_awburst, m_axi_fb_awcache, m_axi_fb_awprot} =
      {1'b0, SIZE, INCR, MODIFIABLE, 3'd0};
  assign {m_axi_fb_arid, m_axi_fb_arsize, m_axi_fb_arburst, m_axi_fb_arcache, m_axi_fb_arprot} =
      {1'b0, SIZE, INCR, MODIFIABLE, 3'd0};
  assign m_axi_fb_wstrb = '1;
  wire unused = &{1'b0, m_axi_fb_bid, m_axi_fb_rid, m_axi_fb_rlast};

  // ---------------------------------------------------------------- drain
  reg  drain_q;
  wire write_idle, read_idle, write_error, read_error;
  wire drained = drain_q && write_idle && read_idle;
  wire empty_all = rst || drained;
  assign draining = drain_q;
  always @(posedge clk) begin
    if (rst) drain_q <= 1'b0;
    else drain_q <= clear || (drain_q && !drained);
    error <= !rst && (write_error || read_error);
  end

  // ---------------------------------------------------------------- the ring
  reg  [LW-1:0] free_q, committed_q;  // beats that may be written; that may be asked for
  wire          put, commit, get, arrive, read_empty, word_ready, word_valid;
  wire [BW-1:0] put_beats, commit_beats, get_beats;
  always @(posedge clk)
    if (empty_all) begin
      free_q      <= LW'(REGION);
      committed_q <= '0;
    end else begin
      free_q      <= free_q - (put ? LW'(put_beats) : '0) + LW'(arrive);
      committed_q <= committed_q + (commit ? LW'(commit_beats) : '0) - (get ? LW'(get_beats) : '0);
    end
  wire hungry = free_q == LW'(REGION) && read_empty;

  assign s_ready = word_ready && !drain_q;
  hwg_axi_write #(
      .WIDTH(WIDTH), .DATA(DATA), .BURST(BURST), .BUFFER(WRITE), .WRITES(WRITES), .REGION(REGION)) u_write (
      .clk(clk), .rst(empty_all), .stop(drain_q), .idle(write_idle), .error(write_error),
      .s_valid(s_valid && !drain_q), .s_ready(word_ready), .s_last(s_last), .s_data(s_data), .base(base),
      .room(free_q), .hungry(hungry), .issue(put), .issue_beats(put_beats), .commit(commit),
      .commit_beats(commit_beats), .m_axi_awaddr(m_axi_fb_awaddr), .m_axi_awlen(m_axi_fb_awlen),
      .m_axi_awvalid(m_axi_fb_awvalid), .m_axi_awready(m_axi_fb_awready), .m_axi_wdata(m_axi_fb_wdata),
      .m_axi_wlast(m_axi_fb_wlast), .m_axi_wvalid(m_axi_fb_wvalid), .m_axi_wready(m_axi_fb_wready),
      .m_axi_bresp(m_axi_fb_bresp), .m_axi_bvalid(m_axi_fb_bvalid), .m_axi_bready(m_axi_fb_bready));

  assign m_valid = word_valid && !drain_q;
  hwg_axi_read #(.WIDTH(WIDTH), .DATA(DATA), .BURST(BURST), .BUFFER(READ), .REGION(REGION)) u_read (
      .clk(clk), .rst(empty_all), .stop(drain_q), .idle(read_idle), .error(read_error), .empty(read_empty),
      .m_valid(word_valid), .m_ready(m_ready && !drain_q), .m_data(m_data), .base(base), .committed(committed_q),
      .issue(get), .issue_beats(get_beats), .arrive(arrive), .m_axi_araddr(m_axi_fb_araddr),
      .m_axi_arlen(m_axi_fb_arlen), .m_axi_arvalid(m_axi_fb_arvalid), .m_axi_arready(m_axi_fb_arready),
      .m_axi_rdata(m_axi_fb_rdata), .m_axi_rresp(m_axi_fb_rresp), .m_axi_rvalid(m_axi_fb_rvalid),
      .m_axi_rready(m_axi_fb_rready));
endmodule
`default_nettype wire
