// SPDX-License-Identifier: Apache-2.0
// The feedback FIFO brought out as a pair of AXI4-Streams: state words leave on m_axis and come back on s_axis.
//
//   words of the core -> [ FIFO, credits ] -> m_axis      s_axis -> [ FIFO ] -> loader
//
// `reserve` books one pixel before its job starts, so that a stalled m_axis never stalls an array; words of a pixel
// arrive later. After `clear` what was sent is taken back and thrown away: `draining` until that is done.
// latency   a word written at cycle i is offered at i+1; reads give data two cycles after the address
// reset     rst empties everything; clear starts the drain
`default_nettype none
module hwg_feedback #(
    parameter integer WIDTH = 408,
    parameter integer BYTES = 51,
    parameter integer CF = 1,             // words of a pixel
    parameter integer PIXELS_OUT = 16,    // pixels that may be booked
    parameter integer DEPTH_IN = 16       // words, at least 2*CF
) (
    input  wire               clk,
    input  wire               rst,
    input  wire               clear,
    output wire               draining,
    // out
    output wire               space,
    input  wire               reserve,
    input  wire               s_valid,
    input  wire               s_pixel_last,
    input  wire               s_last,
    input  wire [WIDTH-1:0]   s_data,
    output wire [BYTES*8-1:0] m_axis_fb_tdata,
    output wire               m_axis_fb_tvalid,
    input  wire               m_axis_fb_tready,
    output wire               m_axis_fb_tlast,
    // back
    input  wire [BYTES*8-1:0] s_axis_fb_tdata,
    input  wire               s_axis_fb_tvalid,
    output wire               s_axis_fb_tready,
    input  wire               s_axis_fb_tlast,
    output wire               ready,         // a whole pixel is there
    input  wire               take,          // a pixel is booked for reading
    input  wire               re,
    output wire [WIDTH-1:0]   data
);
  localparam integer DEPTH_OUT = PIXELS_OUT * CF;
  localparam integer OW = $clog2(DEPTH_OUT + 1);
  localparam integer PW = $clog2(PIXELS_OUT + 1);
  localparam integer IW = $clog2(DEPTH_IN + 1);
  localparam integer AW = $clog2(DEPTH_IN);

  // ---------------------------------------------------------------- out
  reg  [PW-1:0] booked_q;   // pixels booked, whose last word has not left
  wire          out_ready, pixel_end;
  wire [OW-1:0] out_count;
  wire [WIDTH-1:0] out_data;
  hwg_fifo #(.WIDTH(WIDTH + 2), .DEPTH(DEPTH_OUT < 2 ? 2 : DEPTH_OUT)) u_out (
      .clk(clk), .rst(rst), .s_valid(s_valid), .s_ready(out_ready), .s_data({s_pixel_last, s_last, s_data}),
      .m_valid(m_axis_fb_tvalid), .m_ready(m_axis_fb_tready), .m_data({pixel_end, m_axis_fb_tlast, out_data}),
      .count(out_count));
  assign m_axis_fb_tdata = (BYTES*8)'(out_data);
  assign space = booked_q != PW'(PIXELS_OUT);
  wire sent = m_axis_fb_tvalid && m_axis_fb_tready;

  // ---------------------------------------------------------------- back
  reg  [IW-1:0] count_q, booked_words_q;
  reg  [AW-1:0] wptr_q, rptr_q;
  reg  [31:0]   outside_q;  // words sent and not yet back
  reg           drain_q;
  wire          back = s_axis_fb_tvalid && s_axis_fb_tready;
  assign s_axis_fb_tready = !rst && (drain_q || count_q != IW'(DEPTH_IN));
  assign draining = drain_q;
  assign ready    = 32'(booked_words_q) >= CF;
  wire unused = &{1'b0, s_axis_fb_tlast, out_ready, out_count, s_axis_fb_tdata};

  hwg_ram #(.WIDTH(WIDTH), .DEPTH(DEPTH_IN)) u_back (
      .clk(clk), .we(back && !drain_q), .waddr(wptr_q), .wdata(s_axis_fb_tdata[WIDTH-1:0]), .re(re), .raddr(rptr_q),
      .rdata(data));

  always @(posedge clk) begin
    if (rst) outside_q <= '0;
    else outside_q <= outside_q + 32'(sent) - 32'(back);
    if (rst) drain_q <= 1'b0;
    else if (clear) drain_q <= 1'b1;
    else if (drain_q && !m_axis_fb_tvalid && outside_q == '0) drain_q <= 1'b0;
    if (rst || clear) begin
      booked_q       <= '0;
      count_q        <= '0;
      booked_words_q <= '0;
      wptr_q         <= '0;
      rptr_q         <= '0;
    end else begin
      if (!drain_q) booked_q <= booked_q + PW'(reserve) - PW'(sent && pixel_end);
      // a read word frees its place when it is read; a pixel counts as taken when its job starts
      count_q        <= count_q + IW'(back && !drain_q) - IW'(re);
      booked_words_q <= booked_words_q + IW'(back && !drain_q) - (take ? IW'(CF) : '0);
      if (back && !drain_q) wptr_q <= (wptr_q == AW'(DEPTH_IN - 1)) ? '0 : wptr_q + 1'b1;
      if (re) rptr_q <= (rptr_q == AW'(DEPTH_IN - 1)) ? '0 : rptr_q + 1'b1;
    end
  end
endmodule
`default_nettype wire
