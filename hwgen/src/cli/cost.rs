//! `hwgen cost`: what a network costs, by the paper's counting rules.

use super::Outcome;
use super::bits::BitsArgs;
use super::network::NetworkArgs;
use super::report::{Report, si, table};
use hwgen_network::cost::Sums;
use hwgen_network::{Cost, Description};
use serde::Serialize;
use std::fmt::Write;

/// Print MACs, parameters, graph size, memory traffic, state and depth of a network.
///
/// Counted are convolutions only, without biases, in float32. Graph: parameters + input + output of every layer, a
/// layer that the loop re-uses once. Traffic: the same tensors, once for each use. Depth: convolutions on the longest
/// path.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  hwgen cost                                     the paper's network
  hwgen cost --width 29 --weight-sets independent
  hwgen cost --preset camvid-240 --json | jq .macs")]
pub struct Args {
    #[command(flatten)]
    network: NetworkArgs,
    /// List every layer.
    #[arg(long)]
    layers: bool,
}

#[derive(Serialize)]
struct Body<'a> {
    description: &'a Description,
    #[serde(flatten)]
    cost: &'a Cost,
}

pub fn run(args: &Args, report: Report) -> miette::Result<Outcome> {
    let description = args.network.resolve(BitsArgs::default(), None)?.description;
    let cost = Cost::new(&description);
    report.result(&Body { description: &description, cost: &cost }, || text(&cost, args.layers))?;
    Ok(Outcome::Success)
}

fn text(cost: &Cost, layers: bool) -> String {
    let header = |first| [first, "MACs", "parameters", "graph", "traffic"];
    let row = |name: &str, s: &Sums| {
        [name.to_owned(), si(s.macs), si(s.params), si(s.graph_bytes) + "B", si(s.traffic_bytes) + "B"]
    };
    let rows = [
        row("data block", &cost.blocks.data),
        row("iterative block", &cost.blocks.iterative),
        row("classification block", &cost.blocks.classification),
        row("total", &cost.total),
    ];
    let mut text = table(header("block"), &rows);
    let outputs: Vec<_> = cost
        .outputs
        .iter()
        .map(|o| {
            let [name, macs, params, graph, traffic] = row(&o.output.to_string(), &o.sums);
            [name, macs, params, graph, traffic, o.depth.to_string()]
        })
        .collect();
    text += "\n";
    text += &table(["up to output", "MACs", "parameters", "graph", "traffic", "depth"], &outputs);
    if layers {
        let rows: Vec<_> = cost.layers.iter().map(|layer| row(&layer.name, &layer.sums)).collect();
        text += "\n";
        text += &table(header("layer"), &rows);
    }
    let _ = write!(text, "\nstate {}B, depth {} convolutions\n", si(cost.state_bytes), cost.depth);
    text
}
