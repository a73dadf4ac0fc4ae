//! The top module: header, parameters, and one section a unit.

mod header;
mod units;

use std::fmt::Write;

use super::tables::Tables;
use crate::design::Design;
use crate::plan::Feedback;

/// Text of `itnet_top.sv`.
pub fn top(design: &Design, tables: &Tables, command: &str, model_hash: &str, hash: u32) -> String {
    let mut text = header::header(design, tables, command, model_hash, hash);
    text.push_str(&ports(design, tables));
    text.push_str(&header::geometry(design, tables, hash));
    text.push_str(&units::units(design, tables));
    text.push_str("endmodule\n`default_nettype wire\n");
    text
}

/// Bytes of a feedback word.
pub fn feedback_bytes(design: &Design) -> usize {
    (design.plan.folding.expand_lanes * design.plan.bits.act_state as usize).div_ceil(8)
}

fn ports(design: &Design, _tables: &Tables) -> String {
    let mut text = String::from(
        "`default_nettype none
module itnet_top #(
    parameter MEM_DIR = \"mem/\"  // folder of the memory files, with the slash
) (
    input  wire        aclk,
    input  wire        aresetn,
    // image: AXI4-Stream Video, tdata = {B, G, R}
    input  wire [23:0] s_axis_video_tdata,
    input  wire        s_axis_video_tvalid,
    output wire        s_axis_video_tready,
    input  wire        s_axis_video_tuser,
    input  wire        s_axis_video_tlast,
    // semantic maps: one class a word, tid = output n
    output wire [7:0]  m_axis_class_tdata,
    output wire [7:0]  m_axis_class_tid,
    output wire        m_axis_class_tvalid,
    input  wire        m_axis_class_tready,
    output wire        m_axis_class_tuser,
    output wire        m_axis_class_tlast,
",
    );
    if design.plan.feedback == Feedback::Stream {
        let top = feedback_bytes(design) * 8 - 1;
        let _ = write!(
            text,
            "    // feedback FIFO: state words of scale 0 out and, in the same order, back
    output wire [{top}:0] m_axis_fb_tdata,
    output wire        m_axis_fb_tvalid,
    input  wire        m_axis_fb_tready,
    output wire        m_axis_fb_tlast,
    input  wire [{top}:0] s_axis_fb_tdata,
    input  wire        s_axis_fb_tvalid,
    output wire        s_axis_fb_tready,
    input  wire        s_axis_fb_tlast,
"
        );
    }
    text.push_str(
        "    // registers: AXI4-Lite
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
",
    );
    text
}
