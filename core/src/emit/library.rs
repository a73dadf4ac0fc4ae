//! The Verilog library, carried in the program; a design gets the modules that it uses.

use crate::design::Design;
use crate::plan::Feedback;

macro_rules! modules {
    ($($name:literal),* $(,)?) => {
        &[$(($name, include_str!(concat!("../../../rtl/", $name)))),*]
    };
}

/// The modules of `rtl/` that make the core.
pub const LIBRARY: &[(&str, &str)] = modules![
    "hwg_accumulate.sv",
    "hwg_any.sv",
    "hwg_argbest.sv",
    "hwg_axi_base.sv",
    "hwg_axi_burst.sv",
    "hwg_axi_fifo.sv",
    "hwg_axi_read.sv",
    "hwg_axi_write.sv",
    "hwg_axil.sv",
    "hwg_best2.sv",
    "hwg_classify.sv",
    "hwg_control.sv",
    "hwg_data_layer.sv",
    "hwg_data_seq.sv",
    "hwg_delay.sv",
    "hwg_depthwise.sv",
    "hwg_dot.sv",
    "hwg_dot_pair.sv",
    "hwg_drain.sv",
    "hwg_ecp5_outreg.sv",
    "hwg_expand.sv",
    "hwg_feedback.sv",
    "hwg_fifo.sv",
    "hwg_gear.sv",
    "hwg_issue.sv",
    "hwg_iter_seq.sv",
    "hwg_loader.sv",
    "hwg_logit_sum.sv",
    "hwg_mac_array.sv",
    "hwg_mac_model.sv",
    "hwg_mac_pair.sv",
    "hwg_mac_row.sv",
    "hwg_multiply.sv",
    "hwg_outreg.sv",
    "hwg_patch.sv",
    "hwg_pixel_pack.sv",
    "hwg_product.sv",
    "hwg_project.sv",
    "hwg_ram.sv",
    "hwg_registered_product.sv",
    "hwg_requant.sv",
    "hwg_residual.sv",
    "hwg_rom.sv",
    "hwg_scale.sv",
    "hwg_select.sv",
    "hwg_shared_ram.sv",
    "hwg_slicer.sv",
    "hwg_store.sv",
    "hwg_tap.sv",
    "hwg_tree.sv",
    "hwg_upsample.sv",
    "hwg_video_in.sv",
    "hwg_walk.sv",
    "hwg_window.sv",
];

/// What the synthesis for an ECP5 is told of its block RAMs; no module of the core.
pub const ECP5_MAP: (&str, &str) = ("rtl/ecp5_map.v", include_str!("../../../rtl/ecp5_map.v"));

/// The library's waivers for Verilator, each with its reason.
pub const LINT: &str = include_str!("../../../rtl/lint.vlt");

/// The modules of a design.
pub fn modules(design: &Design) -> Vec<(&'static str, &'static str)> {
    let feedback = design.plan.feedback;
    let used = |name: &str| match name {
        "hwg_feedback.sv" => feedback.leaves(),
        "hwg_shared_ram.sv" => design.mapping.shared_lines,
        _ => !name.starts_with("hwg_axi_") || matches!(feedback, Feedback::Axi(_)),
    };
    LIBRARY.iter().filter(|(name, _)| used(name)).copied().collect()
}
