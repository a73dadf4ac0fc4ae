// The number format of every layer, how its weights are spread, and how much of the float signal is left.
"use strict";

panels.push({
  id: "formats", title: "Formats",
  draw(section, core) {
    if (!core.formats) {
      section.append(hint("The folder's model could not be read.", core.formats_error ?? ""));
      return;
    }
    const snr = new Map((core.calibration?.snr ?? []).map((row) => [row.tensor, row]));
    const rows = core.formats.map((layer) => {
      const row = snr.get(layer.tensor);
      return [layer.name, layer.shape, `${layer.weight_bits}`, `${layer.input}`, `${layer.output}`, `${layer.acc_bits}`, histogram(layer),
        percent(layer.zeros), row ? (row.decibels === null ? "exact" : `${row.decibels.toFixed(1)} dB`) : "–", row ? percent(row.clamped, 2) : "–"];
    });
    section.append(
      el("p", {}, "Weights are signed and symmetric, activations unsigned after ReLU6 and signed as states; accumulators are as wide as the " +
        "weights can make them. The small pictures count each integer that a weight can be."),
      core.calibration ? el("p", { class: "hint" }, `Signal to noise: integers against floats in the first iteration that computes the layer, on ${core.calibration.compared} images; ranges are from ${core.calibration.images}.`)
        : hint("Signal-to-noise ratios come with the model where it was quantised with images:", "hwgen quantize … --calib DIR"),
      table(["layer", "weights", "w bits", "in", "out", "acc", "spread of the weights", "zero", "SNR", "clamped"], rows, [0, 1]));
    const ranges = core.calibration?.histograms ?? [];
    if (ranges.length) {
      section.append(el("h3", {}, "Activations"),
        el("p", {}, "Values of the float network on the calibration images, their number on a logarithmic scale; what lies outside the lines is clamped."),
        el("div", { class: "side" }, ranges.map(activation)));
    }
  },
});

function histogram(layer) {
  const most = Math.max(...layer.histogram, 1);
  const [width, height] = [150, 22];
  const each = width / layer.histogram.length;
  return el("svg", { width, height, role: "img", "aria-label": "histogram of the weights",
    ...hover(layer.histogram.length > 40 ? `${layer.name}: −${layer.limit} … ${layer.limit}`
      : layer.histogram.map((n, i) => `${i - layer.limit}: ${count(n)}`).join("\n")) },
  layer.histogram.map((n, i) => el("rect", { x: i * each, width: Math.max(0.6, each - 0.6), y: height - (height * n) / most,
    height: (height * n) / most, fill: colour("expand") })));
}

function activation(range) {
  const [width, height] = [220, 90];
  const most = Math.log1p(Math.max(...range.counts));
  const each = width / range.counts.length;
  const x = (value) => ((value - range.from) / (range.to - range.from)) * width;
  return el("div", {}, el("div", { class: "hint" }, range.tensor),
    el("svg", { width, height, role: "img", "aria-label": `values of ${range.tensor}` },
      range.counts.map((n, i) => el("rect", { x: i * each, width: each, y: height - 14 - ((height - 16) * Math.log1p(n)) / most,
        height: ((height - 16) * Math.log1p(n)) / most, fill: colour("project") })),
      [range.lo, range.hi].map((value) => el("line", { x1: x(value), x2: x(value), y1: 0, y2: height - 14, stroke: "var(--bad)" })),
      el("text", { x: 0, y: height - 2, class: "dim" }, range.from.toPrecision(3)),
      el("text", { x: width, y: height - 2, class: "dim", "text-anchor": "end" }, range.to.toPrecision(3))));
}
