// The frame as a time line: who works on what and when, from the exact schedule.
"use strict";

const BOUNDS = {
  loop: "the arrays of the loop", class_stream: "the class stream, one word a cycle", classify: "the classification array",
};
const SHADES = [0, 18, 34, 48, 60];

panels.push({
  id: "timeline", title: "Time line",
  draw(section, core) {
    const stretches = core.timeline;
    const cycles = core.prediction.cycles;
    const rowOf = ({ unit, work }) => (unit === "expand" && work.kind === "data" ? "data block" : unit);
    const rows = [["data block", "expand: data block"], ["expand", "expand: loop"], ["depthwise", "depthwise"],
      ["project", "project"], ["classify", "classify"], ["output", "maps out"]];
    const describe = ({ work }) => ({
      data: () => `data layer ${work.layer}`, pass: () => `iteration ${work.n + 1}, scale ${work.l}, block ${work.k}`,
      head: () => `output ${work.n + 1}, scale ${work.l}`, map: () => `map of output ${work.output}`,
    })[work.kind]();
    const short = ({ work }) => ({
      data: () => `${work.layer}`, pass: () => `n${work.n + 1} s${work.l}`, head: () => `n${work.n + 1} s${work.l}`, map: () => `m${work.output}`,
    })[work.kind]();
    const shade = (item) => SHADES[(item.work.layer ?? item.work.l ?? 0) % SHADES.length];

    // the layers of the data block take turns on the array, so each has a lane of its own
    const layers = Math.max(1, ...stretches.map((item) => (item.work.layer ?? -1) + 1));
    const lane = 11, left = 128, top = 22;
    const heights = rows.map(([name]) => (name === "data block" ? layers * lane + 8 : 34));
    const tops = heights.map((_, row) => top + heights.slice(0, row).reduce((sum, one) => sum + one, 0));
    const bottom = top + heights.reduce((sum, one) => sum + one, 0);
    const svg = el("svg", { class: "wide", height: bottom + 20, tabindex: 0, role: "img",
      "aria-label": "time line of the frame; arrow keys move, plus and minus zoom, Home shows all" });
    const view = { from: 0, to: cycles };
    const clamp = () => {
      const width = Math.max(50, Math.min(cycles, view.to - view.from));
      view.from = Math.max(0, Math.min(view.from, cycles - width));
      view.to = view.from + width;
    };
    function draw() {
      const width = Math.max(320, svg.clientWidth || section.clientWidth - 32);
      const x = (cycle) => left + ((cycle - view.from) / (view.to - view.from)) * (width - left - 8);
      const parts = [];
      rows.forEach(([, text], row) => {
        parts.push(el("rect", { x: left, y: tops[row], width: width - left - 8, height: heights[row] - 8, fill: "var(--faint)", rx: 2 }),
          el("text", { x: 0, y: tops[row] + heights[row] / 2 }, text));
      });
      core.prediction.starts.forEach((start, n) => {
        if (start < view.from || start > view.to) return;
        parts.push(el("line", { x1: x(start), x2: x(start), y1: top - 6, y2: bottom - 6, class: "grid" }),
          el("text", { x: x(start) + 2, y: top - 9, class: "dim" }, x(view.to) - x(view.from) > 22 * core.prediction.starts.length || view.to - view.from < cycles / 2 ? `n${n + 1}` : ""));
      });
      for (const item of stretches) {
        if (item.last < view.from || item.first > view.to) continue;
        const row = rows.findIndex(([name]) => name === rowOf(item));
        const [a, b] = [Math.max(left, x(item.first)), Math.min(width - 8, x(item.last + 1))];
        const inLane = item.work.kind === "data";
        const full = inLane ? lane - 1 : heights[row] - 8;
        const y = tops[row] + (inLane ? item.work.layer * lane : 0);
        const busy = item.busy / (item.last + 1 - item.first);
        const fill = `color-mix(in srgb, ${colour(item.unit)} ${100 - shade(item)}%, var(--card))`;
        const note = `${rows[row][1]}\n${describe(item)}\ncycles ${count(item.first)} … ${count(item.last)}` +
          `\ntaken ${percent(Math.min(1, busy))} of ${count(item.last + 1 - item.first)}`;
        // the height is the share of the time in which the unit is taken
        const height = full * Math.max(0.06, Math.min(1, busy));
        parts.push(el("rect", { x: a, y: y + full - height, width: Math.max(0.8, b - a), height, fill, rx: 1, ...hover(note) }));
        if (!inLane && b - a > 7 * short(item).length) {
          parts.push(el("text", { x: (a + b) / 2, y: y + 17, "text-anchor": "middle", "pointer-events": "none" }, short(item)));
        }
      }
      const step = 10 ** Math.floor(Math.log10((view.to - view.from) / 4));
      const wide = (view.to - view.from) / step > 10 ? 2 * step : step;
      for (let tick = Math.ceil(view.from / wide) * wide; tick <= view.to; tick += wide) {
        const y = bottom;
        parts.push(el("line", { x1: x(tick), x2: x(tick), y1: y - 6, y2: y, class: "grid" }),
          el("text", { x: x(tick), y: y + 13, "text-anchor": "middle", class: "dim" }, si(tick).trim()));
      }
      svg.replaceChildren(...parts);
    }
    function zoom(factor, at = (view.from + view.to) / 2) {
      view.from = at - (at - view.from) * factor;
      view.to = at + (view.to - at) * factor;
      clamp();
      draw();
    }
    function move(share) {
      const by = share * (view.to - view.from);
      view.from += by;
      view.to += by;
      clamp();
      draw();
    }
    const cycleAt = (event) => {
      const box = svg.getBoundingClientRect();
      return view.from + ((event.clientX - box.left - left) / (box.width - left - 8)) * (view.to - view.from);
    };
    svg.addEventListener("wheel", (event) => {
      event.preventDefault();
      zoom(event.deltaY > 0 ? 1.25 : 0.8, cycleAt(event));
    }, { passive: false });
    let held = null;
    svg.addEventListener("pointerdown", (event) => { held = event.clientX; });
    addEventListener("pointerup", () => { held = null; });
    svg.addEventListener("pointermove", (event) => {
      if (held === null) return;
      move((held - event.clientX) / (svg.clientWidth - left));
      held = event.clientX;
    });
    const keys = { ArrowLeft: () => move(-0.2), ArrowRight: () => move(0.2), "+": () => zoom(0.6), "=": () => zoom(0.6),
      "-": () => zoom(1.7), Home: () => { view.from = 0; view.to = cycles; draw(); } };
    svg.addEventListener("keydown", (event) => {
      const action = keys[event.key];
      if (action) { event.preventDefault(); action(); }
    });
    addEventListener("resize", draw);
    const button = (text, label, action) => el("button", { type: "button", "aria-label": label, click: action }, text);
    section.append(
      el("p", {}, `A frame without stalls takes ${count(cycles)} cycles; its bound is ${BOUNDS[core.prediction.bound] ?? core.prediction.bound}. ` +
        "The height of a bar is the share of its cycles in which the unit is taken; what is grey is idle. Wheel or + and − zoom, arrows move, Home shows all."),
      el("div", { class: "controls" }, button("−", "zoom out", () => zoom(1.7)), button("+", "zoom in", () => zoom(0.6)),
        button("◀", "earlier", () => move(-0.2)), button("▶", "later", () => move(0.2)),
        button("all", "whole frame", () => { view.from = 0; view.to = cycles; draw(); })),
      svg, key([["expand", colour("expand")], ["depthwise", colour("depthwise")], ["project", colour("project")],
        ["classify", colour("classify")], ["maps out", colour("output")], ["paler: coarser scales, later layers", "var(--faint)"]]));
    draw();
  },
});
