//! `report.json`: predicted cycles, utilisation and memory bits, per array and memory.

use serde_json::{Value, json};

use super::memory::MemoryFile;
use crate::array::{Array, PerArray};
use crate::design::Design;
use crate::resources;
use crate::schedule;

/// Bytes of the report; `files` are the memories' words.
pub fn report(design: &Design, files: &[MemoryFile]) -> Vec<u8> {
    let plan = &design.plan;
    let (net, fold, prediction) = (&plan.net, &plan.folding, &design.prediction);
    let macs = Macs::of(design);
    let iterations = u64::from(net.iterations);
    let busy = |macs: u64, multipliers: usize, cycles: u64| macs as f64 / (multipliers as f64 * cycles as f64);
    let loop_multipliers = fold.total() - fold.arrays.classify.multipliers();
    let arrays: serde_json::Map<String, Value> = (fold.arrays.iter())
        .map(|(array, shape)| {
            let (multipliers, macs) = (shape.multipliers(), macs.array(design)[array]);
            // a channel of the depthwise array is a lane to a reader: the schema is older than `Shape`
            let (rows, lanes) = if array == Array::Depthwise { (1, shape.rows) } else { (shape.rows, shape.lanes) };
            let entry = json!({"rows": rows, "lanes": lanes, "multipliers": multipliers, "macs": macs,
                               "utilization": busy(macs, multipliers, prediction.cycles)});
            (array.name().to_owned(), entry)
        })
        .collect();
    let state = plan.word_bits();
    let word_bytes = plan.axi_ring().map_or(state.div_ceil(8), |ring| ring.word_beats * ring.data_bits / 8);
    let stream = usize::from(plan.feedback.leaves());
    let mut memories = design.memories();
    for memory in &mut memories {
        memory.varying = files.iter().find(|file| file.memory.id == memory.id).map(MemoryFile::varying);
    }
    let stored = resources::stored(&memories, design.mapping.lut_memories);
    let estimate = resources::estimate(plan, &design.mapping, &design.widths, stored);
    let memory: Vec<Value> = memories
        .iter()
        .map(|memory| {
            let (written_by, read_by) = memory.id.users();
            json!({"name": memory.id.name(), "width": memory.width, "depth": memory.depth, "bits": memory.width * memory.depth,
            "block_rams": memory.block_rams(design.mapping.lut_memories), "written_by": written_by, "read_by": read_by})
        })
        .collect();
    let per_loop = prediction
        .loop_start_to_start
        .map(|cycles| busy(macs.iteration() * (iterations - 2), loop_multipliers, cycles));
    let mut value = json!({
        "schema_version": 1,
        "name": design.name(),
        "cycles": prediction.cycles,
        "bound": prediction.bound,
        "loop_start_to_start": prediction.loop_start_to_start,
        "outputs": prediction.outputs,
        "macs": macs.frame(design),
        "multipliers": fold.total(),
        "requant_multipliers": fold.requant(),
        "utilization": busy(macs.frame(design), fold.total(), prediction.cycles),
        "loop_utilization": per_loop,
        "arrays": arrays,
        "memories": memory,
        "memory_bits": memories.iter().map(|memory| memory.width * memory.depth).sum::<usize>(),
        "block_rams": estimate.ebr,
        "estimate": estimate,
        "mapping": design.mapping,
        "phases": phases(design, &macs),
        "traffic_bytes": {
            "pixels_in": 3 * net.image.pixels(),
            "maps_out": net.image.pixels() * net.outputs.len(),
            "feedback": 2 * stream * plan.feedback_words() * word_bytes
                * (net.iterations * net.blocks) as usize,
        },
    });
    if let Some(rates) = design.rates() {
        value["rates"] = json!(rates);
    }
    let mut text = serde_json::to_vec_pretty(&value).expect("a JSON value is serialisable");
    text.push(b'\n');
    text
}

/// The parts of a frame as a roofline wants them: MACs, bytes through a port, the cycles that the part lasts, and what
/// bounds it, multipliers and bytes a cycle of the port.
fn phases(design: &Design, macs: &Macs) -> Value {
    let (plan, prediction) = (&design.plan, &design.prediction);
    let (net, fold) = (&plan.net, &plan.folding);
    let starts = &prediction.starts;
    let (first, last) = (starts.first().copied().unwrap_or(0), starts.last().copied().unwrap_or(0));
    // The last iteration is as long as the others, and what follows it is waiting for the last map.
    let iterations = u64::from(net.iterations);
    let looped =
        if iterations > 1 { (last - first) / (iterations - 1) * iterations } else { prediction.cycles - first };
    let state = plan.word_bits().div_ceil(8);
    let pixels: usize = (0..net.scales as usize).map(|l| net.scale(l).pixels()).sum();
    let heads = net.outputs.len() as u64;
    let classified: u64 = heads * (pixels * plan.classify_job.cycles()) as u64;
    json!([
        {"name": "data block", "macs": macs.data, "bytes": 3 * net.image.pixels(), "cycles": first,
         "multipliers": fold.arrays.expand.multipliers(), "port_bytes_per_cycle": 3 * plan.beat},
        {"name": "loop", "macs": iterations * macs.iteration(),
         "bytes": iterations * (2 * pixels * plan.state_words * state) as u64, "cycles": looped,
         "multipliers": fold.total() - fold.arrays.classify.multipliers(), "port_bytes_per_cycle": 2 * state},
        {"name": "heads", "macs": heads * macs.head, "bytes": heads * net.image.pixels() as u64,
         "cycles": classified, "multipliers": fold.arrays.classify.multipliers(), "port_bytes_per_cycle": plan.beat},
    ])
}

/// Bytes of `timeline.json`: who works on what and when in the predicted frame, for pictures.
pub fn timeline(design: &Design) -> Vec<u8> {
    let stretches = schedule::timeline(&design.plan, &design.prediction);
    let mut text = String::from("{\"schema_version\": 1, \"stretches\": [");
    for (index, stretch) in stretches.iter().enumerate() {
        text.push_str(if index == 0 { "\n" } else { ",\n" });
        text.push_str(&serde_json::to_string(stretch).expect("a stretch is serialisable"));
    }
    text.push_str("\n]}\n");
    text.into_bytes()
}

/// Multiply-accumulates, counted as the network's definition does.
struct Macs {
    data: u64,
    expand: u64,
    depthwise: u64,
    project: u64,
    head: u64,
}

impl Macs {
    fn of(design: &Design) -> Self {
        let net = &design.plan.net;
        let f = net.width as usize;
        let sum = |cost: &dyn Fn(usize, usize) -> usize| -> u64 {
            (0..net.scales as usize)
                .map(|l| (0..net.blocks as usize).map(|k| net.scale(l).pixels() * cost(l, k)).sum::<usize>() as u64)
                .sum()
        };
        Self {
            data: (0..net.data_layers()).map(|j| (net.data_size(j).pixels() * 9 * net.data_inputs(j) * f) as u64).sum(),
            expand: sum(&|l, k| net.block_inputs(l, k) * net.block_hidden(l, k)),
            depthwise: sum(&|l, k| 9 * net.block_hidden(l, k)),
            project: sum(&|l, k| net.block_hidden(l, k) * f),
            head: (0..net.scales as usize).map(|l| (net.scale(l).pixels() * 9 * f * net.classes as usize) as u64).sum(),
        }
    }

    /// Those of a frame on each array.
    fn array(&self, design: &Design) -> PerArray<u64> {
        let net = &design.plan.net;
        let iterations = u64::from(net.iterations);
        PerArray {
            expand: self.data + iterations * self.expand,
            depthwise: iterations * self.depthwise,
            project: iterations * self.project,
            classify: self.head * net.outputs.len() as u64,
        }
    }

    fn iteration(&self) -> u64 {
        self.expand + self.depthwise + self.project
    }

    fn frame(&self, design: &Design) -> u64 {
        self.array(design).iter().map(|(_, macs)| macs).sum()
    }
}
