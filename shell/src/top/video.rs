//! `itnet_video.sv`: the core with a video clock of its own.

use std::fmt::Write;

use hwgen_core::Design;
use hwgen_core::emit::ports::{Direction, ports};

/// Name of the module.
pub const TOP: &str = "itnet_video";
/// Words between the clocks.
const DEPTH: usize = 16;
/// What crosses.
const VIDEO: &str = "s_axis_video_";

/// The module.
pub fn text(design: &Design) -> String {
    let ports = ports(design);
    let bits = 24 * design.plan.beat;
    let mut text = format!(
        "// SPDX-License-Identifier: Apache-2.0
// The core with a video clock of its own: s_axis_video belongs to video_aclk, all else to aclk. Neither clock has to
// know anything of the other; the words cross in a FIFO of {DEPTH}. `aresetn`, low for four cycles of the slower clock or
// longer, is brought into both; video_aclk is released after 16 of its cycles, then aclk after 16 of its own.
`default_nettype none
module {TOP} #(
    parameter MEM_DIR = \"mem/\"  // folder of the memory files, with the slash
) (
    input  wire        video_aclk"
    );
    for port in &ports {
        let direction = if port.direction == Direction::Input { "input  wire" } else { "output wire" };
        let range = if port.width == 1 { String::new() } else { format!("[{}:0]", port.width - 1) };
        let _ = write!(text, ",\n    {direction} {range:6} {}", port.name);
    }
    let _ = write!(
        text,
        "
);
  wire        core_resetn, video_resetn;
  hwg_reset u_core_reset (.clk(aclk), .ok(aresetn && video_resetn), .resetn(core_resetn));
  hwg_reset u_video_reset (.clk(video_aclk), .ok(aresetn), .resetn(video_resetn));
  wire [{}:0] core_tdata;
  wire        core_tvalid, core_tready, core_tuser, core_tlast;
  hwg_cdc_fifo #(.WIDTH({}), .DEPTH({DEPTH})) u_cross (
      .s_clk(video_aclk), .s_rst(!video_resetn), .s_valid({VIDEO}tvalid), .s_ready({VIDEO}tready),
      .s_data({{{VIDEO}tuser, {VIDEO}tlast, {VIDEO}tdata}}),
      .m_clk(aclk), .m_rst(!core_resetn), .m_valid(core_tvalid), .m_ready(core_tready),
      .m_data({{core_tuser, core_tlast, core_tdata}}));

  itnet_top #(.MEM_DIR(MEM_DIR)) u_core (
      .aclk(aclk), .aresetn(core_resetn)",
        bits - 1,
        bits + 2
    );
    for port in &ports[2..] {
        let inside = port.name.strip_prefix(VIDEO).map_or_else(|| port.name.to_owned(), |name| format!("core_{name}"));
        let _ = write!(text, ",\n      .{}({inside})", port.name);
    }
    text.push_str(");\nendmodule\n`default_nettype wire\n");
    text
}
