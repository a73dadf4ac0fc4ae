//! Predicted cycles of `paper` under variations of a folding, for work on the solver.
use hwgen::{
    folding::Folding,
    plan::{Feedback, Plan},
    schedule,
};
use hwgen_network::{Description, Mixing, Size};
use hwgen_quantize::Bits;
fn main() {
    let net = Description {
        width: 51,
        scales: 3,
        iterations: 6,
        blocks: 1,
        expansion: 6,
        classes: 11,
        image: Size { width: 480, height: 360 },
        outputs: (1..=6).collect(),
        weight_sets: hwgen_network::WeightSets::Shared,
        mixing: Mixing::CoarseToFine,
        pixels: hwgen_network::PixelDomain::Unit,
    };
    let bits = Bits { stem: 8, data: 8, expand: 8, depthwise: 8, project: 8, head: 8, ..Bits::default() };
    let base = Folding {
        expand_lanes: 51,
        expand_rows: 4,
        expand_drain: 4,
        depthwise_lanes: 18,
        depthwise_drain: 2,
        project_lanes: 2,
        project_rows: 51,
        project_drain: 1,
        classify_lanes: 17,
        classify_rows: 1,
        ring_slack: 4,
        queue_slack: 60,
    };
    for (pl, pr) in [(2, 51), (6, 17), (102, 1)] {
        for ring in [4, 8, 16, 24, 32, 64, 128] {
            for queue in [4, 30, 60, 200] {
                let fold =
                    Folding { project_lanes: pl, project_rows: pr, ring_slack: ring, queue_slack: queue, ..base };
                let plan = Plan::new(&net, &bits, fold, Feedback::Onchip);
                let p = schedule::predict(&plan, 6, u64::MAX);
                let q = schedule::predict(&plan, 6, 0);
                println!(
                    "project {pr}x{pl} ring {ring} queue {queue}: per iteration {} without outputs {}",
                    p.loop_start_to_start.unwrap() / 4,
                    q.loop_start_to_start.unwrap() / 4
                );
            }
        }
    }
}
