// SPDX-License-Identifier: Apache-2.0
// Top of the mock core; see rtl/mock_core.v.
`default_nettype none

module itnet_top (
    input  wire        aclk,
    input  wire        aresetn,
    input  wire [23:0] s_axis_video_tdata,
    input  wire        s_axis_video_tvalid,
    output wire        s_axis_video_tready,
    input  wire        s_axis_video_tuser,
    input  wire        s_axis_video_tlast,
    output wire [7:0]  m_axis_class_tdata,
    output wire [7:0]  m_axis_class_tid,
    output wire        m_axis_class_tvalid,
    input  wire        m_axis_class_tready,
    output wire        m_axis_class_tuser,
    output wire        m_axis_class_tlast,
    input  wire [7:0]  s_axil_awaddr,
    input  wire [2:0]  s_axil_awprot,
    input  wire        s_axil_awvalid,
    output wire        s_axil_awready,
    input  wire [31:0] s_axil_wdata,
    input  wire [3:0]  s_axil_wstrb,
    input  wire        s_axil_wvalid,
    output wire        s_axil_wready,
    output wire [1:0]  s_axil_bresp,
    output wire        s_axil_bvalid,
    input  wire        s_axil_bready,
    input  wire [7:0]  s_axil_araddr,
    input  wire [2:0]  s_axil_arprot,
    input  wire        s_axil_arvalid,
    output wire        s_axil_arready,
    output wire [31:0] s_axil_rdata,
    output wire [1:0]  s_axil_rresp,
    output wire        s_axil_rvalid,
    input  wire        s_axil_rready,
    output wire        irq
);
    wire [7:0]  iterations;
    wire [31:0] mask, threshold, confidence, cycles, frames, stalls, gaps, last_output;
    wire        busy, event_output, event_done;

    wire [31:0] m_axis_fb_tdata;
    wire        m_axis_fb_tvalid, m_axis_fb_tlast, s_axis_fb_tready;

    mock_core #(.STREAM(0)) u_core (
        .aclk(aclk), .aresetn(aresetn),
        .video_tdata(s_axis_video_tdata), .video_tvalid(s_axis_video_tvalid), .video_tready(s_axis_video_tready),
        .class_tdata(m_axis_class_tdata), .class_tid(m_axis_class_tid), .class_tvalid(m_axis_class_tvalid),
        .class_tready(m_axis_class_tready), .class_tuser(m_axis_class_tuser), .class_tlast(m_axis_class_tlast),
        .m_fb_tdata(m_axis_fb_tdata), .m_fb_tvalid(m_axis_fb_tvalid), .m_fb_tlast(m_axis_fb_tlast),
        .m_fb_tready(1'b1), .s_fb_tdata(32'd0), .s_fb_tvalid(1'b1),
        .s_fb_tready(s_axis_fb_tready),
        .iterations(iterations), .mask(mask), .threshold(threshold), .busy(busy),
        .event_output(event_output), .event_done(event_done), .confidence(confidence), .cycles(cycles),
        .frames(frames), .stalls(stalls), .gaps(gaps), .last_output(last_output)
    );

    mock_regs u_regs (
        .aclk(aclk), .aresetn(aresetn),
        .s_axil_awaddr(s_axil_awaddr), .s_axil_awvalid(s_axil_awvalid), .s_axil_awready(s_axil_awready),
        .s_axil_wdata(s_axil_wdata), .s_axil_wstrb(s_axil_wstrb), .s_axil_wvalid(s_axil_wvalid),
        .s_axil_wready(s_axil_wready), .s_axil_bresp(s_axil_bresp), .s_axil_bvalid(s_axil_bvalid),
        .s_axil_bready(s_axil_bready), .s_axil_araddr(s_axil_araddr), .s_axil_arvalid(s_axil_arvalid),
        .s_axil_arready(s_axil_arready), .s_axil_rdata(s_axil_rdata), .s_axil_rresp(s_axil_rresp),
        .s_axil_rvalid(s_axil_rvalid), .s_axil_rready(s_axil_rready), .irq(irq),
        .iterations(iterations), .mask(mask), .threshold(threshold), .busy(busy),
        .event_output(event_output), .event_done(event_done), .confidence(confidence), .cycles(cycles),
        .frames(frames), .stalls(stalls), .gaps(gaps), .last_output(last_output)
    );
endmodule

`default_nettype wire
