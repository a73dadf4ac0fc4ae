// SPDX-License-Identifier: Apache-2.0
// Where the state of scale 0 goes between iterations if not on chip: out and back at the pins, or through a FIFO in DRAM.
//
//   words of the data block's third layer, then those of the loop -> hwg_feedback -+-> *_axis_fb
//                                                                                  +-> hwg_axi_fifo -> m_axi_fb
//
// Of the two interfaces the one that FEEDBACK names is alive; inputs of the other do not matter, its outputs are zero.
// latency   that of hwg_feedback, and of what is outside
// reset     `rst` with the end of a frame too, `reset` only the core's; `over`: a frame has ended
`default_nettype none
module hwg_feedback_path #(
    parameter integer FEEDBACK = hwg_pkg::STREAM,
    parameter integer LANES = 51,         // values of a word
    parameter integer YB = 8,             // bits of a value that the data block gives
    parameter integer AS = 8,             // bits of a state
    parameter integer CF = 1,             // words of a pixel
    parameter integer PIXELS = 16,        // of the data block's third layer
    parameter integer DEPTH = 16,         // words of the FIFO on its way back
    parameter integer FB_BITS = 408,
    parameter integer AXI_BITS = 64,      // of a beat
    parameter integer AXI_BEATS = 4096    // of the region in DRAM
) (
    input  wire                  clk,
    input  wire                  reset,
    input  wire                  rst,
    input  wire                  load,
    input  wire                  over,
    output wire                  draining,
    output wire                  bus_error,
    input  wire [63:0]           base,
    // words that leave; `*_start` books a pixel
    input  wire                  data_start,
    input  wire                  data_valid,
    input  wire                  data_last,
    input  wire [LANES*YB-1:0]   data_word,
    input  wire                  loop_start,
    input  wire                  loop_valid,
    input  wire                  loop_last,
    input  wire                  loop_it_last,
    input  wire [LANES*AS-1:0]   loop_word,
    output wire                  space,
    // words that came back
    output wire                  ready,         // a whole pixel is there
    input  wire                  take,          // a pixel is booked for reading
    input  wire                  re,
    output wire [LANES*AS-1:0]   data,
    // STREAM
    output wire [FB_BITS-1:0]    m_axis_fb_tdata,
    output wire                  m_axis_fb_tvalid,
    input  wire                  m_axis_fb_tready,
    output wire                  m_axis_fb_tlast,
    input  wire [FB_BITS-1:0]    s_axis_fb_tdata,
    input  wire                  s_axis_fb_tvalid,
    output wire                  s_axis_fb_tready,
    input  wire                  s_axis_fb_tlast,
    // DRAM: AXI4 master
    output wire                  m_axi_fb_awid,
    output wire [63:0]           m_axi_fb_awaddr,
    output wire [7:0]            m_axi_fb_awlen,
    output wire [2:0]            m_axi_fb_awsize,
    output wire [1:0]            m_axi_fb_awburst,
    output wire [3:0]            m_axi_fb_awcache,
    output wire [2:0]            m_axi_fb_awprot,
    output wire                  m_axi_fb_awvalid,
    input  wire                  m_axi_fb_awready,
    output wire [AXI_BITS-1:0]   m_axi_fb_wdata,
    output wire [AXI_BITS/8-1:0] m_axi_fb_wstrb,
    output wire                  m_axi_fb_wlast,
    output wire                  m_axi_fb_wvalid,
    input  wire                  m_axi_fb_wready,
    input  wire                  m_axi_fb_bid,
    input  wire [1:0]            m_axi_fb_bresp,
    input  wire                  m_axi_fb_bvalid,
    output wire                  m_axi_fb_bready,
    output wire                  m_axi_fb_arid,
    output wire [63:0]           m_axi_fb_araddr,
    output wire [7:0]            m_axi_fb_arlen,
    output wire [2:0]            m_axi_fb_arsize,
    output wire [1:0]            m_axi_fb_arburst,
    output wire [3:0]            m_axi_fb_arcache,
    output wire [2:0]            m_axi_fb_arprot,
    output wire                  m_axi_fb_arvalid,
    input  wire                  m_axi_fb_arready,
    input  wire                  m_axi_fb_rid,
    input  wire [AXI_BITS-1:0]   m_axi_fb_rdata,
    input  wire [1:0]            m_axi_fb_rresp,
    input  wire                  m_axi_fb_rlast,
    input  wire                  m_axi_fb_rvalid,
    output wire                  m_axi_fb_rready
);
  wire [FB_BITS-1:0]  out_data, back_data;
  wire                out_valid, out_ready, out_last, back_valid, back_ready, back_last, coming_back;
  wire [LANES*AS-1:0] first_word;
  genvar lane;
  generate
    for (lane = 0; lane < LANES; lane = lane + 1) begin : gen_lane
      assign first_word[lane*AS +: AS] = data_word[lane*YB +: AS];
    end
  endgenerate
  wire unused_bits = &{1'b0, data_word};
  reg [25:0] pixel_q;  // of the data block's third layer
  always @(posedge clk)
    if (load) pixel_q <= '0;
    else if (data_valid && data_last) pixel_q <= pixel_q + 1'b1;
  wire map_last = data_valid ? data_last && pixel_q == 26'(PIXELS - 1) : loop_last && loop_it_last;
  // At the pins what a frame has sent comes back to be thrown away; in DRAM it is thrown away there.
  hwg_feedback #(.WIDTH(LANES * AS), .BYTES(FB_BITS / 8), .CF(CF), .PIXELS_OUT(hwg_pkg::FEEDBACK_OUT), .DEPTH_IN(DEPTH))
      u_feedback (
      .clk(clk), .rst((FEEDBACK == hwg_pkg::STREAM) ? reset : rst), .clear(FEEDBACK == hwg_pkg::STREAM && over),
      .draining(coming_back), .space(space), .reserve(data_start || loop_start),
      .s_valid(data_valid || loop_valid), .s_pixel_last(data_valid ? data_last : loop_last), .s_last(map_last),
      .s_data(data_valid ? first_word : loop_word), .m_axis_fb_tdata(out_data), .m_axis_fb_tvalid(out_valid),
      .m_axis_fb_tready(out_ready), .m_axis_fb_tlast(out_last), .s_axis_fb_tdata(back_data),
      .s_axis_fb_tvalid(back_valid), .s_axis_fb_tready(back_ready), .s_axis_fb_tlast(back_last), .ready(ready),
      .take(take), .re(re), .data(data));
  generate
    if (FEEDBACK == hwg_pkg::STREAM) begin : gen_stream
      assign {draining, bus_error} = {coming_back, 1'b0};
      assign {m_axis_fb_tdata, m_axis_fb_tvalid, m_axis_fb_tlast, out_ready} =
             {out_data, out_valid, out_last, m_axis_fb_tready};
      assign {back_data, back_valid, back_last, s_axis_fb_tready} =
             {s_axis_fb_tdata, s_axis_fb_tvalid, s_axis_fb_tlast, back_ready};
      assign {m_axi_fb_awid, m_axi_fb_awaddr, m_axi_fb_awlen, m_axi_fb_awsize, m_axi_fb_awburst, m_axi_fb_awcache,
              m_axi_fb_awprot, m_axi_fb_awvalid, m_axi_fb_wdata, m_axi_fb_wstrb, m_axi_fb_wlast, m_axi_fb_wvalid,
              m_axi_fb_bready, m_axi_fb_arid, m_axi_fb_araddr, m_axi_fb_arlen, m_axi_fb_arsize, m_axi_fb_arburst,
              m_axi_fb_arcache, m_axi_fb_arprot, m_axi_fb_arvalid, m_axi_fb_rready} = '0;
      wire unused = &{1'b0, base, AXI_BEATS != 0, m_axi_fb_awready, m_axi_fb_wready, m_axi_fb_bid, m_axi_fb_bresp,
                    m_axi_fb_bvalid, m_axi_fb_arready, m_axi_fb_rid, m_axi_fb_rdata, m_axi_fb_rresp, m_axi_fb_rlast,
                    m_axi_fb_rvalid};
    end else begin : gen_dram
      assign {m_axis_fb_tdata, m_axis_fb_tvalid, m_axis_fb_tlast, s_axis_fb_tready} = '0;
      assign back_last = 1'b0;
      wire unused = &{1'b0, coming_back, m_axis_fb_tready, s_axis_fb_tdata, s_axis_fb_tvalid, s_axis_fb_tlast};
      hwg_axi_fifo #(
          .WIDTH(FB_BITS), .DATA(AXI_BITS), .BURST(hwg_pkg::BURST_BEATS), .WRITE(hwg_pkg::WRITE_BEATS),
          .READ(hwg_pkg::READ_BEATS), .WRITES(hwg_pkg::WRITE_BURSTS), .REGION(AXI_BEATS)) u_memory (
          .clk(clk), .rst(reset), .clear(over), .draining(draining), .error(bus_error), .base(base),
          .s_valid(out_valid), .s_ready(out_ready), .s_last(out_last), .s_data(out_data), .m_valid(back_valid),
          .m_ready(back_ready), .m_data(back_data),
          .m_axi_fb_awid(m_axi_fb_awid), .m_axi_fb_awaddr(m_axi_fb_awaddr), .m_axi_fb_awlen(m_axi_fb_awlen),
          .m_axi_fb_awsize(m_axi_fb_awsize), .m_axi_fb_awburst(m_axi_fb_awburst), .m_axi_fb_awcache(m_axi_fb_awcache),
          .m_axi_fb_awprot(m_axi_fb_awprot), .m_axi_fb_awvalid(m_axi_fb_awvalid), .m_axi_fb_awready(m_axi_fb_awready),
          .m_axi_fb_wdata(m_axi_fb_wdata), .m_axi_fb_wstrb(m_axi_fb_wstrb), .m_axi_fb_wlast(m_axi_fb_wlast),
          .m_axi_fb_wvalid(m_axi_fb_wvalid), .m_axi_fb_wready(m_axi_fb_wready), .m_axi_fb_bid(m_axi_fb_bid),
          .m_axi_fb_bresp(m_axi_fb_bresp), .m_axi_fb_bvalid(m_axi_fb_bvalid), .m_axi_fb_bready(m_axi_fb_bready),
          .m_axi_fb_arid(m_axi_fb_arid), .m_axi_fb_araddr(m_axi_fb_araddr), .m_axi_fb_arlen(m_axi_fb_arlen),
          .m_axi_fb_arsize(m_axi_fb_arsize), .m_axi_fb_arburst(m_axi_fb_arburst), .m_axi_fb_arcache(m_axi_fb_arcache),
          .m_axi_fb_arprot(m_axi_fb_arprot), .m_axi_fb_arvalid(m_axi_fb_arvalid), .m_axi_fb_arready(m_axi_fb_arready),
          .m_axi_fb_rid(m_axi_fb_rid), .m_axi_fb_rdata(m_axi_fb_rdata), .m_axi_fb_rresp(m_axi_fb_rresp),
          .m_axi_fb_rlast(m_axi_fb_rlast), .m_axi_fb_rvalid(m_axi_fb_rvalid), .m_axi_fb_rready(m_axi_fb_rready));
    end
  endgenerate
endmodule
`default_nettype wire
