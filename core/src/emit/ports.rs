//! The ports of `itnet_top` (docs/manifest.md): one list for the top module, its wrapper and the manifest.

use std::fmt::Write;

use serde::Serialize;

use crate::design::Design;

/// Which way a port goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// Into the core.
    Input,
    /// Out of it.
    Output,
}

/// A port.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Port {
    /// Its name.
    pub name: &'static str,
    /// Its direction.
    pub direction: Direction,
    /// Bits.
    pub width: usize,
}

/// Ports that belong together, and what they are for; clock and reset first, with no text.
type Group = (Option<&'static str>, Vec<Port>);

const fn input(name: &'static str, width: usize) -> Port {
    Port { name, direction: Direction::Input, width }
}

const fn output(name: &'static str, width: usize) -> Port {
    Port { name, direction: Direction::Output, width }
}

fn groups(design: &Design) -> Vec<Group> {
    let beat = design.plan.beat;
    let (video, classes) = if beat == 1 {
        ("image: AXI4-Stream Video, tdata = {B, G, R}", "semantic maps: one class a word, tid = output n")
    } else {
        (
            "image: AXI4-Stream Video, tdata = {B, G, R} of several pixels, the first lowest",
            "semantic maps: classes of as many pixels, the first lowest, tid = output n",
        )
    };
    let mut groups: Vec<Group> = vec![
        (None, vec![input("aclk", 1), input("aresetn", 1)]),
        (
            Some(video),
            vec![
                input("s_axis_video_tdata", 24 * beat),
                input("s_axis_video_tvalid", 1),
                output("s_axis_video_tready", 1),
                input("s_axis_video_tuser", 1),
                input("s_axis_video_tlast", 1),
            ],
        ),
        (
            Some(classes),
            vec![
                output("m_axis_class_tdata", 8 * beat),
                output("m_axis_class_tid", 8),
                output("m_axis_class_tvalid", 1),
                input("m_axis_class_tready", 1),
                output("m_axis_class_tuser", 1),
                output("m_axis_class_tlast", 1),
            ],
        ),
    ];
    groups.extend(feedback(design));
    groups.push((
        Some("registers: AXI4-Lite"),
        vec![
            input("s_axil_awaddr", 8),
            input("s_axil_awprot", 3),
            input("s_axil_awvalid", 1),
            output("s_axil_awready", 1),
            input("s_axil_wdata", 32),
            input("s_axil_wstrb", 4),
            input("s_axil_wvalid", 1),
            output("s_axil_wready", 1),
            output("s_axil_bresp", 2),
            output("s_axil_bvalid", 1),
            input("s_axil_bready", 1),
            input("s_axil_araddr", 8),
            input("s_axil_arprot", 3),
            input("s_axil_arvalid", 1),
            output("s_axil_arready", 1),
            output("s_axil_rdata", 32),
            output("s_axil_rresp", 2),
            output("s_axil_rvalid", 1),
            input("s_axil_rready", 1),
            output("irq", 1),
        ],
    ));
    groups
}

/// Where the state leaves the core.
fn feedback(design: &Design) -> Option<Group> {
    if let Some(ring) = design.plan.axi_ring() {
        return Some((Some("feedback FIFO in DRAM: AXI4 master"), axi(ring.data_bits)));
    }
    if !design.plan.feedback.leaves() {
        return None;
    }
    let what = "feedback FIFO: state words of scale 0 out and, in the same order, back";
    Some((Some(what), stream(design.plan.word_bytes() * 8)))
}

/// The streams of the feedback.
pub fn stream(bits: usize) -> Vec<Port> {
    vec![
        output("m_axis_fb_tdata", bits),
        output("m_axis_fb_tvalid", 1),
        input("m_axis_fb_tready", 1),
        output("m_axis_fb_tlast", 1),
        input("s_axis_fb_tdata", bits),
        input("s_axis_fb_tvalid", 1),
        output("s_axis_fb_tready", 1),
        input("s_axis_fb_tlast", 1),
    ]
}

/// The AXI4 master of the feedback.
pub fn axi(data_bits: usize) -> Vec<Port> {
    vec![
        output("m_axi_fb_awid", 1),
        output("m_axi_fb_awaddr", 64),
        output("m_axi_fb_awlen", 8),
        output("m_axi_fb_awsize", 3),
        output("m_axi_fb_awburst", 2),
        output("m_axi_fb_awcache", 4),
        output("m_axi_fb_awprot", 3),
        output("m_axi_fb_awvalid", 1),
        input("m_axi_fb_awready", 1),
        output("m_axi_fb_wdata", data_bits),
        output("m_axi_fb_wstrb", data_bits / 8),
        output("m_axi_fb_wlast", 1),
        output("m_axi_fb_wvalid", 1),
        input("m_axi_fb_wready", 1),
        input("m_axi_fb_bid", 1),
        input("m_axi_fb_bresp", 2),
        input("m_axi_fb_bvalid", 1),
        output("m_axi_fb_bready", 1),
        output("m_axi_fb_arid", 1),
        output("m_axi_fb_araddr", 64),
        output("m_axi_fb_arlen", 8),
        output("m_axi_fb_arsize", 3),
        output("m_axi_fb_arburst", 2),
        output("m_axi_fb_arcache", 4),
        output("m_axi_fb_arprot", 3),
        output("m_axi_fb_arvalid", 1),
        input("m_axi_fb_arready", 1),
        input("m_axi_fb_rid", 1),
        input("m_axi_fb_rdata", data_bits),
        input("m_axi_fb_rresp", 2),
        input("m_axi_fb_rlast", 1),
        input("m_axi_fb_rvalid", 1),
        output("m_axi_fb_rready", 1),
    ]
}

/// All ports in order.
pub fn ports(design: &Design) -> Vec<Port> {
    groups(design).into_iter().flat_map(|(_, ports)| ports).collect()
}

/// The port list of the top module.
pub fn declarations(design: &Design) -> String {
    let mut lines = Vec::new();
    for (what, ports) in groups(design) {
        let mut comment = what.map(|what| format!("    // {what}\n")).unwrap_or_default();
        for Port { name, direction, width } in ports {
            let direction = if direction == Direction::Input { "input  wire" } else { "output wire" };
            let range = if width == 1 { String::new() } else { format!("[{}:0]", width - 1) };
            lines.push(format!("{comment}    {direction} {range:6} {name}"));
            comment.clear();
        }
    }
    lines.join(",\n") + "\n"
}

/// Text of `itnet_pins.sv`: the core behind five pins.
pub fn pins(design: &Design) -> String {
    let ports = ports(design);
    let bits = |direction| ports.iter().skip(2).filter(|p| p.direction == direction).map(|p| p.width).sum::<usize>();
    let mut text = format!(
        "// SPDX-License-Identifier: Apache-2.0
// The core behind five pins, for place and route without a board: its inputs come out of one shift register, its
// outputs go into another. Every path of the core begins and ends at a register, as it would in a larger design.
`default_nettype none
module itnet_pins (
    input  wire clk,
    input  wire rst_n,
    input  wire shift_in,
    input  wire capture,
    output wire shift_out
);
  localparam integer IN  = {};
  localparam integer OUT = {};
  reg            rst_nq;
  reg  [IN-1:0]  in_q;
  reg  [OUT-1:0] out_q;
  wire [OUT-1:0] out;
  assign shift_out = out_q[OUT-1];
  always @(posedge clk) begin
    rst_nq <= rst_n;
    in_q   <= {{in_q[IN-2:0], shift_in}};
    out_q  <= capture ? out : {{out_q[OUT-2:0], 1'b0}};
  end

  itnet_top u_core (
      .aclk(clk), .aresetn(rst_nq)",
        bits(Direction::Input),
        bits(Direction::Output)
    );
    let (mut inputs, mut outputs) = (0, 0);
    for port in &ports[2..] {
        let (vector, from) = match port.direction {
            Direction::Input => ("in_q", &mut inputs),
            Direction::Output => ("out", &mut outputs),
        };
        let range = if port.width == 1 { from.to_string() } else { format!("{from} +: {}", port.width) };
        *from += port.width;
        let _ = write!(text, ",\n      .{}({vector}[{range}])", port.name);
    }
    text.push_str(");\nendmodule\n`default_nettype wire\n");
    text
}
