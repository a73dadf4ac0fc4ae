//! The feedback: on chip, brought out as a pair of streams, or through a FIFO in DRAM.

use super::super::ports;
use super::feedback_bytes;
use crate::design::Design;
use crate::feedback::{AxiRing, BURST_BEATS, READ_BEATS, WRITE_BEATS, WRITE_BURSTS};
use crate::latency::FEEDBACK_OUT;
use crate::plan::Feedback;

/// What the feedback adds to the register bus: expressions for the ports of `u_axil` and `u_control`, and a unit.
pub struct Registers {
    /// Whether an address may be written.
    pub write_known: &'static str,
    /// What is read.
    pub read_data: &'static str,
    /// Whether an address may be read.
    pub read_known: &'static str,
    /// An error response of the memory.
    pub bus_error: &'static str,
    /// The instance.
    pub unit: &'static str,
}

impl Registers {
    /// Those of a design.
    pub fn of(design: &Design) -> Self {
        match design.plan.feedback {
            Feedback::Onchip | Feedback::Stream => Self {
                write_known: "write_known",
                read_data: "read_data",
                read_known: "read_known",
                bus_error: "1'b0",
                unit: "",
            },
            Feedback::Axi(_) => Self {
                write_known: "bus_write_known",
                read_data: "bus_read_data",
                read_known: "bus_read_known",
                bus_error: "bus_error",
                unit: BASE,
            },
        }
    }
}

const BASE: &str = "  wire        base_write_known, base_read_known, bus_error;
  wire [31:0] base_read_data;
  wire [63:0] fb_base;
  hwg_axi_base u_base (
      .clk(clk), .rst(reset_q), .write(reg_write), .write_addr(write_addr), .write_data(write_data),
      .write_mask(write_mask), .write_known(base_write_known), .read_addr(read_addr), .read_data(base_read_data),
      .read_known(base_read_known), .load(load), .base(fb_base));
  wire        bus_write_known = write_known || base_write_known;
  wire        bus_read_known  = read_known || base_read_known;
  wire [31:0] bus_read_data   = base_read_known ? base_read_data : read_data;
";

/// The section of the top module.
pub fn unit(design: &Design) -> String {
    match (design.plan.feedback, design.plan.axi_ring()) {
        (Feedback::Onchip, _) => ONCHIP.to_owned(),
        (_, None) => leaving(design, "through the stream", "", STREAM),
        (_, Some(ring)) => leaving(design, "through a FIFO in DRAM", &memory(ring, 8 * feedback_bytes(design)), INSIDE),
    }
}

const ONCHIP: &str =
    "  // ---------------------------------------------------------------- feedback: on chip, nothing leaves
  wire               loop_fb_space, loop_fb_start;
  assign loop_fb_space = 1'b1;
  assign data_fb_space = 1'b1;
  assign fb_ready      = 1'b0;
  assign fb_data       = '0;
  assign draining      = 1'b0;
  wire unused_feedback = &{1'b0, fb_re, fb_take, data_fb_start, loop_fb_start, loop_to_stream, loop_it_last};

";

/// The end of a frame as `u_feedback` sees it: what it sent comes back, to be thrown away.
const STREAM: &str = ".rst(reset_q), .clear(over), .draining(draining)";
/// What it sent is thrown away in DRAM.
const INSIDE: &str = ".rst(rst), .clear(1'b0), .draining(fb_draining)";

/// Words of scale 0 out and back as streams: at the pins, or to what `memory` says.
fn leaving(design: &Design, way: &str, memory: &str, end: &str) -> String {
    let last_pixel = design.plan.net.data_size(2).pixels() - 1;
    format!(
        "  // ---------------------------------------------------------------- feedback: scale 0 {way}
  wire               loop_fb_space, loop_fb_start;
  wire               state_fb_valid = data_valid && data_layer[2];
  wire [IE*AS-1:0]   state_fb_word;
  genvar             fb_lane;
  generate
    for (fb_lane = 0; fb_lane < IE; fb_lane = fb_lane + 1) begin : gen_fb_lane
      assign state_fb_word[fb_lane*AS +: AS] = data_word[fb_lane*YB +: AS];
    end
  endgenerate
  reg [25:0]         fb_pixel_q;
  always @(posedge clk)
    if (load) fb_pixel_q <= '0;
    else if (state_fb_valid && data_last) fb_pixel_q <= fb_pixel_q + 1'b1;
  wire               loop_fb_valid = loop_valid && loop_to_stream;
{memory}  hwg_feedback #(.WIDTH(IE*AS), .BYTES({bytes}), .CF(CF), .PIXELS_OUT({FEEDBACK_OUT}), .DEPTH_IN({depth})) u_feedback (
      .clk(clk), {end}, .space(loop_fb_space),
      .reserve(data_fb_start || loop_fb_start), .s_valid(state_fb_valid || loop_fb_valid),
      .s_pixel_last(state_fb_valid ? data_last : loop_last),
      .s_last(state_fb_valid ? data_last && fb_pixel_q == 26'd{last_pixel} : loop_last && loop_it_last),
      .s_data(state_fb_valid ? state_fb_word : loop_word), .m_axis_fb_tdata(m_axis_fb_tdata),
      .m_axis_fb_tvalid(m_axis_fb_tvalid), .m_axis_fb_tready(m_axis_fb_tready), .m_axis_fb_tlast(m_axis_fb_tlast),
      .s_axis_fb_tdata(s_axis_fb_tdata), .s_axis_fb_tvalid(s_axis_fb_tvalid), .s_axis_fb_tready(s_axis_fb_tready),
      .s_axis_fb_tlast(s_axis_fb_tlast), .ready(fb_ready), .take(fb_take), .re(fb_re), .data(fb_data));
  assign data_fb_space = loop_fb_space;

",
        bytes = feedback_bytes(design),
        depth = design.plan.feedback_depth,
    )
}

/// The master, and the streams to it.
fn memory(ring: AxiRing, bits: usize) -> String {
    let mut text = format!(
        "  wire [{top}:0]       m_axis_fb_tdata, s_axis_fb_tdata;
  wire               m_axis_fb_tvalid, m_axis_fb_tready, m_axis_fb_tlast, s_axis_fb_tvalid, s_axis_fb_tready;
  wire               s_axis_fb_tlast = 1'b0;
  wire               fb_draining;
  wire unused_feedback = fb_draining;
  hwg_axi_fifo #(
      .WIDTH({bits}), .DATA({data}), .BURST({BURST_BEATS}), .WRITE({WRITE_BEATS}), .READ({READ_BEATS}),
      .WRITES({WRITE_BURSTS}), .REGION({region})) u_fb_memory (
      .clk(clk), .rst(reset_q), .clear(over), .draining(draining), .error(bus_error), .base(fb_base),
      .s_valid(m_axis_fb_tvalid), .s_ready(m_axis_fb_tready), .s_last(m_axis_fb_tlast), .s_data(m_axis_fb_tdata),
      .m_valid(s_axis_fb_tvalid), .m_ready(s_axis_fb_tready), .m_data(s_axis_fb_tdata)",
        top = bits - 1,
        data = ring.data_bits,
        region = ring.region_beats(),
    );
    for pair in ports::axi(ring.data_bits).chunks(2) {
        text.push_str(",\n      ");
        let one = |port: &ports::Port| format!(".{0}({0})", port.name);
        text.push_str(&pair.iter().map(one).collect::<Vec<_>>().join(", "));
    }
    text.push_str(");\n");
    text
}
