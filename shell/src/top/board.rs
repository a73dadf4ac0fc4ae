//! `itnet_board.sv`: clock, reset, serial line and lights of a board around the core.

use std::fmt::Write;

use crate::board::{BoardTop, ROWS};
use hwgen_core::Design;
use hwgen_core::pins::Level;

/// Name of the module.
pub const TOP: &str = "itnet_board";
/// Instances beside the core, and their roles.
pub const ROLES: [(&str, &str); 1] = [("u_serial", "serial link")];

/// The module.
pub fn text(design: &Design, top: &BoardTop) -> String {
    let net = &design.plan.net;
    let board = &top.board;
    let mut ports = String::new();
    if board.reset.is_some() {
        ports.push_str("    input  wire       reset_button,\n");
    }
    if !board.high.is_empty() {
        let _ = writeln!(ports, "    output wire [{}:0] high,", board.high.len() - 1);
    }
    let pressed = match board.reset.as_ref().map(|button| button.active) {
        Some(Level::High) => "reset_button",
        Some(Level::Low) => "!reset_button",
        None => "1'b0",
    };
    let high = if board.high.is_empty() { "" } else { "  assign high = '1;\n" };
    let lit = if board.leds.active == Level::High { "" } else { "~" };
    format!(
        "// SPDX-License-Identifier: Apache-2.0
// {title}: the core behind the board's serial line, which takes images and gives maps
// (docs/boards.md; `hwgen play` is the other end).
//
//   osc {osc} MHz -> PLL -> {clock} MHz      uart_rx, uart_tx: {rate:.0} bit/s ({baud} wanted)
//   led   0 beats while the clock runs, 1 a map leaves, 2 an image comes in, 3 a record was refused since the last hello
// In simulation the PLL is a wire: `osc` then is the core's clock.
`default_nettype none
module {TOP} #(
    parameter integer DIV = {div}  // clocks a bit
) (
    input  wire       osc,
{ports}    input  wire       uart_rx,
    output wire       uart_tx,
    output wire [3:0] led
);
  // ---------------------------------------------------------------- clock and reset
  wire clk, locked, resetn, core_resetn;
  hwg_pll #(.IN_DIV({in_div}), .FB_DIV({fb_div}), .OUT_DIV({out_div})) u_pll (
      .in(osc), .out(clk), .locked(locked));
  hwg_reset u_reset (.clk(clk), .ok(locked && !({pressed})), .resetn(resetn));

  // ---------------------------------------------------------------- serial line
  wire [23:0] video_tdata;
  wire        video_tvalid, video_tready, video_tuser, video_tlast;
  wire [7:0]  class_tdata, class_tid;
  wire        class_tvalid, class_tready, class_tuser, class_tlast;
  wire [7:0]  awaddr, araddr;
  wire [31:0] wdata, rdata;
  wire [1:0]  bresp, rresp;
  wire        awvalid, awready, wvalid, wready, bvalid, bready, arvalid, arready, rvalid, rready, irq, wrong;
  hwg_serial #(.W({w}), .H({h}), .N({n}), .DIV(DIV), .ROWS({ROWS})) u_serial (
      .clk(clk), .resetn(resetn), .rxd(uart_rx), .txd(uart_tx), .core_resetn(core_resetn), .wrong(wrong),
      .m_axis_video_tdata(video_tdata), .m_axis_video_tvalid(video_tvalid), .m_axis_video_tready(video_tready),
      .m_axis_video_tuser(video_tuser), .m_axis_video_tlast(video_tlast),
      .s_axis_class_tdata(class_tdata), .s_axis_class_tid(class_tid), .s_axis_class_tvalid(class_tvalid),
      .s_axis_class_tready(class_tready), .s_axis_class_tuser(class_tuser), .s_axis_class_tlast(class_tlast),
      .m_axil_awaddr(awaddr), .m_axil_awvalid(awvalid), .m_axil_awready(awready), .m_axil_wdata(wdata),
      .m_axil_wvalid(wvalid), .m_axil_wready(wready), .m_axil_bresp(bresp), .m_axil_bvalid(bvalid),
      .m_axil_bready(bready), .m_axil_araddr(araddr), .m_axil_arvalid(arvalid), .m_axil_arready(arready),
      .m_axil_rdata(rdata), .m_axil_rresp(rresp), .m_axil_rvalid(rvalid), .m_axil_rready(rready), .irq(irq));

  // ---------------------------------------------------------------- core
  itnet_top u_core (
      .aclk(clk), .aresetn(core_resetn),
      .s_axis_video_tdata(video_tdata), .s_axis_video_tvalid(video_tvalid), .s_axis_video_tready(video_tready),
      .s_axis_video_tuser(video_tuser), .s_axis_video_tlast(video_tlast),
      .m_axis_class_tdata(class_tdata), .m_axis_class_tid(class_tid), .m_axis_class_tvalid(class_tvalid),
      .m_axis_class_tready(class_tready), .m_axis_class_tuser(class_tuser), .m_axis_class_tlast(class_tlast),
      .s_axil_awaddr(awaddr), .s_axil_awprot(3'd0), .s_axil_awvalid(awvalid), .s_axil_awready(awready),
      .s_axil_wdata(wdata), .s_axil_wstrb(4'hf), .s_axil_wvalid(wvalid), .s_axil_wready(wready), .s_axil_bresp(bresp),
      .s_axil_bvalid(bvalid), .s_axil_bready(bready), .s_axil_araddr(araddr), .s_axil_arprot(3'd0),
      .s_axil_arvalid(arvalid), .s_axil_arready(arready), .s_axil_rdata(rdata), .s_axil_rresp(rresp),
      .s_axil_rvalid(rvalid), .s_axil_rready(rready), .irq(irq));

  // ---------------------------------------------------------------- lights
  reg [24:0] beat_q;
  always @(posedge clk) beat_q <= resetn ? beat_q + 1'b1 : '0;
  assign led = {lit}{{wrong, video_tvalid, class_tvalid, beat_q[24]}};
{high}endmodule
`default_nettype wire
",
        title = board.title,
        osc = board.clock.mhz,
        clock = top.clock_mhz(),
        rate = top.clock_mhz() * 1e6 / f64::from(top.divider),
        baud = top.baud,
        div = top.divider,
        in_div = top.pll.in_div,
        fb_div = top.pll.fb_div,
        out_div = top.pll.out_div,
        w = net.image.width,
        h = net.image.height,
        n = net.iterations,
    )
}
