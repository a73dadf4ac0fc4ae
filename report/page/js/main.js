// The page: which core is shown, the comparison of all, the panels in turn.
"use strict";

function comparison() {
  const last = (core) => core.prediction.outputs.at(-1);
  const facts = [
    ["network", (core) => `f ${core.description.width}, L ${core.description.scales}, N ${core.description.iterations}, C ${core.description.classes}`],
    ["image", (core) => `${core.description.image.width} × ${core.description.image.height}`],
    ["multipliers", (core) => count(core.report.multipliers)],
    ["busy", (core) => percent(core.report.utilization)],
    ["cycles a frame", (core) => count(core.prediction.cycles)],
    ["first output after", (core) => (core.prediction.outputs.length ? count(core.prediction.outputs[0].last + 1) : "–")],
    ["block RAMs, estimate", (core) => count(core.report.estimate.ebr)],
    ["multipliers of the device, estimate", (core) => count(core.report.estimate.dsp)],
    ["LUT sites, estimate", (core) => count(core.report.estimate.lut)],
    ["LUT sites, used", (core) => count(core.synth?.resources.find((one) => one.name === "lut")?.used)],
    ["clock, MHz", (core) => clock(core)?.toFixed(1) ?? "–"],
    ["frames/s, all outputs", (core) => framesPerSecond(core, core.prediction.cycles)],
    ["mIoU of the last output", (core) => percent(core.evaluation?.outputs?.find((one) => one.output === last(core)?.output)?.network.miou, 2)],
    ["bit-exact", (core) => (core.cosim ? (core.cosim.bit_exact ? "yes" : "NO") : "not simulated")],
  ];
  return el("section", { id: "comparison" }, el("h2", {}, "Side by side"),
    table(["", ...cores.map((core) => core.folder)], facts.map(([name, value]) => [name, ...cores.map(value)])));
}

function chips(core) {
  const chip = (text, kind = "") => el("span", { class: `chip ${kind}` }, text);
  const { cosim } = core;
  return el("div", { class: "chips" },
    chip(`${core.description.image.width} × ${core.description.image.height} pixels`),
    chip(`f = ${core.description.width}, L = ${core.description.scales}, N = ${core.description.iterations}, C = ${core.description.classes}`),
    chip(`${count(core.report.multipliers)} multipliers, ${percent(core.report.utilization)} busy`),
    cosim ? chip(cosim.bit_exact ? `bit-exact: ${count(cosim.values_compared)} values compared` : "NOT bit-exact", cosim.bit_exact ? "good" : "bad")
      : chip("not simulated yet"),
    cosim && cosim.timing_as_predicted !== null
      ? chip(cosim.timing_as_predicted ? "cycles as predicted" : "cycles NOT as predicted", cosim.timing_as_predicted ? "good" : "bad") : null,
    clock(core) ? chip(`${clock(core).toFixed(1)} MHz, ${framesPerSecond(core, core.prediction.cycles)} frames/s`) : null);
}

async function show(core) {
  document.title = `${core.name}: report`;
  const head = document.getElementById("head");
  head.replaceChildren(el("h1", {}, core.name), el("div", { class: "dim" }, el("code", {}, core.command)), chips(core));
  const main = document.getElementById("panels");
  main.replaceChildren();
  for (const panel of panels) {
    const section = el("section", { id: panel.id }, el("h2", {}, panel.title));
    main.append(section);
    await panel.draw(section, core);
  }
  document.body.dataset.ready = core.folder;
}

document.body.append(tipNode);
const choose = document.getElementById("choose");
if (cores.length > 1) {
  choose.append(el("label", {}, "core ", el("select", { "aria-label": "core", change: (event) => show(cores[event.target.value]) },
    cores.map((core, i) => el("option", { value: i }, core.folder)))));
  document.getElementById("compare").append(comparison());
}
document.querySelector("nav").append(...panels.map((panel) => el("a", { href: `#${panel.id}` }, panel.title)));
show(cores[0]);
