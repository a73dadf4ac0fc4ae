// How busy the multipliers are: by array over the frame, and by phase against what its array and its ports allow.
"use strict";

panels.push({
  id: "utilisation", title: "Utilisation",
  draw(section, core) {
    const { report } = core;
    const rows = Object.entries(report.arrays).map(([name, array]) => [name, `${array.rows} × ${array.lanes}`, count(array.multipliers),
      si(array.macs), percent(array.utilization), bar(array.utilization, name)]);
    rows.push(["all, whole frame", "", count(report.multipliers), si(report.macs), percent(report.utilization), bar(report.utilization, "output")]);
    if (report.loop_utilization !== null) {
      rows.push(["all but classify, iterations 2 … N − 1", "", "", "", percent(report.loop_utilization), bar(report.loop_utilization, "output")]);
    }
    section.append(
      el("p", {}, "Multiply-accumulates that the network needs, over those that the multipliers could have done in the time of the frame."),
      table(["array", "rows × lanes", "multipliers", "MACs a frame", "busy", ""], rows),
      el("h3", {}, "Roofline"),
      el("p", {}, "Each phase of the frame: MACs a cycle while it lasts, over MACs for each byte that it moves through the core's ports " +
        "(pixels in, class words out, state through the feedback, wherever that is). Level lines are the multipliers that serve a phase, " +
        "slanted ones what its port can bring."),
      roofline(report.phases ?? []));
  },
});

function roofline(phases) {
  const usable = phases.filter((phase) => phase.macs > 0 && phase.bytes > 0 && phase.cycles > 0);
  const role = { "data block": "loader", loop: "expand", heads: "classify" };
  const points = usable.map((phase) => ({ ...phase, x: phase.macs / phase.bytes, y: phase.macs / phase.cycles }));
  if (!points.length) return el("p", { class: "hint" }, "No phase does any work.");
  const decade = (value, up) => 10 ** (up ? Math.ceil(Math.log10(value) + 0.05) : Math.floor(Math.log10(value) - 0.05));
  const xs = [decade(Math.min(...points.map((p) => Math.min(p.x, p.multipliers / p.port_bytes_per_cycle))), false),
    decade(Math.max(...points.map((p) => p.x)) * 2, true)];
  const ys = [decade(Math.min(...points.map((p) => p.y)) / 3, false), decade(Math.max(...points.map((p) => p.multipliers)), true)];
  const [width, height, left, bottom] = [640, 320, 52, 34];
  const scale = (value, [from, to], a, b) => a + ((Math.log10(value) - Math.log10(from)) / (Math.log10(to) - Math.log10(from))) * (b - a);
  const x = (value) => scale(value, xs, left, width - 12);
  const y = (value) => scale(value, ys, height - bottom, 10);
  const svg = el("svg", { class: "wide", viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": "roofline", style: "max-width: 46rem" });
  for (let value = xs[0]; value <= xs[1] * 1.001; value *= 10) {
    svg.append(el("line", { x1: x(value), x2: x(value), y1: 10, y2: height - bottom, class: "grid" }),
      el("text", { x: x(value), y: height - bottom + 14, "text-anchor": "middle", class: "dim" }, si(value).trim()));
  }
  for (let value = ys[0]; value <= ys[1] * 1.001; value *= 10) {
    svg.append(el("line", { x1: left, x2: width - 12, y1: y(value), y2: y(value), class: "grid" }),
      el("text", { x: left - 6, y: y(value) + 4, "text-anchor": "end", class: "dim" }, si(value).trim()));
  }
  svg.append(el("text", { x: (left + width) / 2, y: height - 4, "text-anchor": "middle", class: "dim" }, "MACs for each byte"),
    el("text", { x: 12, y: 150, "text-anchor": "middle", class: "dim", transform: "rotate(-90 12 150)" }, "MACs a cycle"));
  points.forEach((point) => {
    const stroke = colour(role[point.name]);
    const knee = point.multipliers / point.port_bytes_per_cycle;
    const from = Math.max(xs[0], ys[0] / point.port_bytes_per_cycle);
    svg.append(el("polyline", { fill: "none", stroke, "stroke-width": 1.5, "stroke-dasharray": "5 3",
      points: `${x(from)},${y(from * point.port_bytes_per_cycle)} ${x(knee)},${y(point.multipliers)} ${x(xs[1])},${y(point.multipliers)}` }));
    const roof = Math.min(point.multipliers, point.x * point.port_bytes_per_cycle);
    svg.append(el("circle", { cx: x(point.x), cy: y(point.y), r: 6, fill: stroke,
      ...hover(`${point.name}\n${si(point.macs)} MACs, ${si(point.bytes)}B, ${count(point.cycles)} cycles\n${point.y.toFixed(1)} MACs a cycle, ${percent(point.y / roof)} of its roof`) }),
    el("text", { x: x(point.x) + (x(point.x) > width - 140 ? -10 : 10), y: y(point.y) + 16, "text-anchor": x(point.x) > width - 140 ? "end" : "start" },
      `${point.name}: ${percent(point.y / roof)}`));
  });
  return svg;
}
