// What an FPGA makes of the core: estimate beside result, units, floor plan with the critical path, clock and frames a second.
"use strict";

const UNIT_ROLE = { expand: "expand", depthwise: "depthwise", ring: "depthwise", project: "project", heads: "classify",
  "up-sampling": "output", operands: "loader", "data block": "loader", "state and feedback": "state" };

panels.push({
  id: "synthesis", title: "Synthesis",
  draw(section, core) {
    const estimate = core.report.estimate;
    const synth = core.synth;
    if (!synth) {
      section.append(
        el("p", {}, `By estimate, for an ECP5: ${count(estimate.lut)} LUT sites, ${count(estimate.ff)} flip-flops, ${count(estimate.dsp)} multipliers, ${count(estimate.ebr)} block RAMs.`),
        hint("Take the core through place and route for the rest:", `hwgen synth ${core.folder}`));
      return;
    }
    const used = Object.fromEntries(synth.resources.map((resource) => [resource.name, resource]));
    const words = { lut: "LUT sites", ff: "flip-flops", dsp: "multipliers", ebr: "block RAMs" };
    const against = (name) => {
      const off = estimate[name] ? estimate[name] / used[name].used - 1 : null;
      return synth.target.family !== "ecp5" || off === null ? "–" : (off >= 0 ? "+" : "−") + Math.abs(100 * off).toFixed(1) + " %";
    };
    section.append(
      el("p", {}, `${synth.target.part}, with ${synth.stages.map((stage) => `${stage.name} (${Math.round(stage.seconds)} s)`).join(", ")}.`),
      table(["resource", "estimated", "used", "off by", "of the device", ""], Object.keys(words).filter((name) => used[name]).map((name) =>
        [words[name], synth.target.family === "ecp5" ? count(estimate[name]) : "–", count(used[name].used), against(name),
          `${count(used[name].available)}, ${used[name].percent.toFixed(1)} %`, bar(used[name].percent / 100, "expand")])));
    if (clock(core)) {
      section.append(el("h3", {}, `Frames a second at ${clock(core).toFixed(1)} MHz`),
        el("p", { class: "dim" }, "Counted as if the frame ended with the output in question."),
        table(["output", "cycles", "after", "frames/s"], core.prediction.outputs.map((output) =>
          [output.output, count(output.last + 1), milliseconds(core, output.last + 1), framesPerSecond(core, output.last + 1)])));
    }
    section.append(el("h3", {}, "By unit"),
      table(["unit", "role", "LUT sites", "flip-flops", "multipliers", "block RAMs"], synth.instances.map((unit) =>
        [unit.instance, unit.role, count(unit.lut4 + 2 * unit.carry + 4 * unit.lut_ram), count(unit.ff), unit.dsp, unit.ebr]), [0, 1]));
    const path = synth.critical_path;
    if (core.floorplan) section.append(el("h3", {}, "Floor plan"), floorplan(core));
    if (path) {
      section.append(el("h3", {}, "Critical path"),
        el("p", {}, `${path.delay_ns.toFixed(2)} ns, ${path.routing_ns.toFixed(2)} of them in wires.`));
      if (path.steps) {
        section.append(table(["step", "ns", "from", "to"], path.steps.map((step) => [step.kind, step.delay_ns.toFixed(2), step.from, step.to]), [0, 2, 3]));
      }
    }
  },
});

function floorplan(core) {
  const plan = core.floorplan;
  const zoom = Math.max(3, Math.floor(900 / plan.width));
  const canvas = el("canvas", { width: plan.width * zoom, height: plan.height * zoom, class: "picture", style: "width: min(100%, 60rem)",
    "aria-label": "floor plan" });
  const context = canvas.getContext("2d");
  const tiles = new Map();
  function draw() {
    context.fillStyle = getComputedStyle(document.documentElement).getPropertyValue("--faint").trim();
    context.fillRect(0, 0, canvas.width, canvas.height);
    for (const [x, y, unit, cells] of plan.tiles) {
      context.globalAlpha = Math.min(1, 0.35 + cells / 12);
      context.fillStyle = solid(UNIT_ROLE[plan.units[unit].role]);
      context.fillRect(x * zoom, y * zoom, zoom - 0.5, zoom - 0.5);
      const text = `${plan.units[unit].instance}: ${cells} cells`;
      const place = `${x},${y}`;
      tiles.set(place, tiles.has(place) && !tiles.get(place).includes(text) ? `${tiles.get(place)}\n${text}` : text);
    }
    context.globalAlpha = 1;
    if (plan.path.length) {
      context.strokeStyle = getComputedStyle(document.documentElement).getPropertyValue("--bad").trim();
      context.lineWidth = Math.max(1.5, zoom / 4);
      context.beginPath();
      plan.path.forEach(([x, y], i) => context[i ? "lineTo" : "moveTo"]((x + 0.5) * zoom, (y + 0.5) * zoom));
      context.stroke();
    }
  }
  draw();
  canvas.addEventListener("pointermove", (event) => {
    const box = canvas.getBoundingClientRect();
    const place = [event.clientX - box.left, event.clientY - box.top].map((at, i) => Math.floor((at / [box.width, box.height][i]) * [plan.width, plan.height][i]));
    tip(event, tiles.has(`${place}`) ? `column ${place[0]}, row ${place[1]}\n${tiles.get(`${place}`)}` : "");
  });
  canvas.addEventListener("pointerleave", (event) => tip(event, ""));
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
  const roles = [...new Set(plan.units.map((unit) => unit.role))];
  return el("div", {}, el("p", { class: "dim" }, "Where nextpnr put the cells of each unit; the line is the critical path."), canvas,
    key(roles.map((role) => [role, colour(UNIT_ROLE[role])])));
}
