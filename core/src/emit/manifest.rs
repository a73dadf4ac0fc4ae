//! `manifest.json` (docs/manifest.md): all that a simulator or an integrator has to know of the folder.

use std::fmt::Write;

use serde_json::{Value, json};

use super::memory::MemoryFile;
use super::tables::Tables;
use super::{File, hex, ports};
use crate::design::Design;
use crate::feedback::BURST_BEATS;

/// What the manifest says besides the design.
pub struct Facts<'a> {
    pub tables: &'a Tables,
    pub memories: &'a [MemoryFile],
    /// All files of the folder.
    pub files: &'a [File],
    /// Paths of the core's Verilog files.
    pub sources: Vec<String>,
    /// What made the folder.
    pub command: &'a str,
    /// Configuration hash.
    pub hash: u32,
}

/// Bytes of the manifest; `sections` are those of what surrounds the core.
pub fn manifest(design: &Design, facts: &Facts, sections: Vec<(&'static str, Value)>) -> Vec<u8> {
    let Facts { tables, memories, files, sources, command, hash } = facts;
    let plan = &design.plan;
    let fold = &plan.folding;
    let leaves = plan.feedback.leaves();
    let hashes: serde_json::Map<String, Value> =
        files.iter().map(|(path, bytes)| (path.clone(), Value::from(hex(bytes)))).collect();
    let instances: Vec<Value> = memories
        .iter()
        .map(|file| json!({"path": file.instance, "layer": file.layer, "file": file.path(), "sha256": file.hash()}))
        .collect();
    let mut multipliers: serde_json::Map<String, Value> =
        (fold.arrays.iter()).map(|(array, shape)| (array.name().to_owned(), shape.multipliers().into())).collect();
    multipliers.insert("total".to_owned(), fold.total().into());
    multipliers.insert("requant".to_owned(), fold.requant().into());
    let mut value = json!({
        "schema_version": 1,
        "name": design.name(),
        "command": command,
        "versions": {"hwgen": env!("CARGO_PKG_VERSION")},
        "top": "itnet_top",
        "ports": ports::ports(design),
        "sources": sources,
        "model": "model.safetensors",
        "files": hashes,
        "instances": instances,
        "description": plan.net,
        "bits": plan.bits,
        "folding": fold,
        "confidence_shift": design.model.confidence_shift,
        "pixels_per_beat": plan.beat,
        "config_hash": format!("0x{hash:08x}"),
        "feedback": {
            "kind": plan.feedback.kind(),
            "word_bytes": if leaves { plan.word_bytes() } else { 0 },
            "words_per_pixel": if leaves { plan.state_words } else { 0 },
            "pixels_per_word": if leaves { fold.pixels() } else { 0 },
            "depth_words": if leaves { plan.feedback_words() } else { 0 },
            "order": "scale 0 in raster order: initial state, then every block of every iteration but the last word \
                      of the last iteration; a pixel is words_per_pixel words, channels ascending from bit 0",
        },
        "multipliers": multipliers,
        "prediction": design.prediction,
        "probes": probes(design, tables),
    });
    if let Some(ring) = plan.axi_ring() {
        value["feedback"]["axi"] = json!({"data_bits": ring.data_bits, "beats_per_word": ring.word_beats,
            "burst_beats": BURST_BEATS, "region_bytes": ring.region_bytes});
    }
    for (key, entry) in sections {
        value[key] = entry;
    }
    let mut text = serde_json::to_vec_pretty(&value).expect("a JSON value is serialisable");
    text.push(b'\n');
    text
}

fn probes(design: &Design, tables: &Tables) -> Value {
    let plan = &design.plan;
    let (fold, bits) = (&plan.folding, &plan.bits);
    let (f, classes) = (plan.net.width, plan.net.classes);
    let table = |words: &dyn Fn(usize, usize) -> usize| -> Vec<Vec<usize>> {
        (0..plan.net.scales as usize).map(|l| (0..plan.net.blocks as usize).map(|k| words(l, k)).collect()).collect()
    };
    let (vector, pixels) = (fold.vector_lanes(), fold.pixels());
    json!([
        {"tensor": "data", "valid": "itnet_top.u_core.u_expand.probe_valid", "data": "itnet_top.u_core.u_expand.probe_data",
         "tag": "itnet_top.u_core.u_expand.probe_layer", "lanes": f, "pixels": pixels, "lane_bits": tables.lane_bits, "signed": true},
        {"tensor": "expand", "valid": "itnet_top.u_core.u_expand.ring_valid", "data": "itnet_top.u_core.u_expand.ring_data",
         "tag": null, "lanes": fold.arrays.depthwise.rows, "pixels": pixels, "lane_bits": tables.lane_bits, "signed": false,
         "words": table(&|l, k| {
             (plan.expand_jobs[l][k].groups * fold.arrays.expand.rows).div_ceil(fold.arrays.depthwise.rows)
         })},
        {"tensor": "depthwise", "valid": "itnet_top.u_core.u_depthwise.v_valid", "data": "itnet_top.u_core.u_depthwise.v_data",
         "tag": null, "lanes": vector, "pixels": pixels, "lane_bits": bits.act_depthwise, "signed": false,
         "words": table(&|l, k| (plan.depthwise_groups[l][k] * fold.arrays.depthwise.rows).div_ceil(vector))},
        {"tensor": "state", "valid": "itnet_top.u_core.u_state.probe_valid", "data": "itnet_top.u_core.u_state.probe_data",
         "tag": null, "lanes": f, "pixels": pixels, "lane_bits": bits.act_state, "signed": true},
        {"tensor": "logits", "valid": "itnet_top.u_core.u_classify.logit_valid", "data": "itnet_top.u_core.u_classify.logit_data",
         "tag": null, "lanes": classes, "lane_bits": bits.act_logit, "signed": true},
        {"tensor": "total", "valid": "itnet_top.u_core.u_logit_sum.probe_valid",
         "data": "itnet_top.u_core.u_logit_sum.probe_data", "tag": null, "lanes": classes, "lane_bits": tables.total_bits,
         "signed": true},
        {"tensor": "start", "valid": "itnet_top.u_core.u_expand.probe_start", "data": null, "tag": null}
    ])
}

/// Verilator configuration that makes the probes public.
pub fn probe_waivers() -> String {
    let mut text = String::from(
        "`verilator_config\n// The probes of manifest.json, readable by a C++ test bench; no effect on synthesis.\n",
    );
    for (module, names) in [
        ("hwg_expand", &["probe_valid", "probe_data", "probe_layer", "probe_start", "ring_valid", "ring_data"][..]),
        ("hwg_depthwise", &["v_valid", "v_data"][..]),
        ("hwg_state", &["probe_valid", "probe_data"][..]),
        ("hwg_classify", &["logit_valid", "logit_data"][..]),
        ("hwg_logit_sum", &["probe_valid", "probe_data"][..]),
    ] {
        for name in names {
            let _ = writeln!(text, "public_flat_rd -module \"{module}\" -var \"{name}\"");
        }
    }
    text
}
