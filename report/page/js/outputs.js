// The image and the maps that the core sent for it: a slider over the outputs, what changed between them, the label.
"use strict";

const PALETTE = [[128, 128, 128], [128, 0, 0], [192, 192, 128], [128, 64, 128], [60, 40, 222], [128, 128, 0], [192, 128, 128],
  [64, 64, 128], [64, 0, 128], [64, 64, 0], [0, 128, 192]];
const classColour = (index) => PALETTE[index] ?? [24, 16, 8].map((shift) => (Math.imul(index, 0x9e3779b1) >>> shift) & 255);

/** The pixels of a PNG as RGBA bytes. */
async function pixels(address) {
  const image = new Image();
  image.src = address;
  await image.decode();
  const canvas = el("canvas", { width: image.naturalWidth, height: image.naturalHeight });
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.drawImage(image, 0, 0);
  return { width: canvas.width, height: canvas.height, data: context.getImageData(0, 0, canvas.width, canvas.height).data };
}

panels.push({
  id: "outputs", title: "Outputs",
  async draw(section, core) {
    if (!core.cosim?.maps?.length) {
      section.append(hint("Simulate the core on an image to see its maps here:", `hwgen cosim ${core.folder} --image FILE`));
      return;
    }
    const image = await pixels(core.cosim.image);
    const maps = await Promise.all(core.cosim.maps.map(async (map) => {
      const { data } = await pixels(map.png);
      return { ...map, classes: Uint8Array.from({ length: data.length / 4 }, (_, i) => data[4 * i]) };
    }));
    const label = core.cosim.label ? await pixels(core.cosim.label) : null;
    const truth = label && Uint8Array.from({ length: label.data.length / 4 }, (_, i) => label.data[4 * i]);
    const canvas = el("canvas", { class: "picture", width: image.width, height: image.height, "aria-label": "image and map" });
    const context = canvas.getContext("2d");
    const facts = el("div");
    const state = { index: maps.length - 1, mode: "overlay", opacity: 0.55 };

    const changed = (index) => {
      if (index === 0) return null;
      let differing = 0;
      maps[index].classes.forEach((value, i) => { differing += value !== maps[index - 1].classes[i]; });
      return differing / maps[index].classes.length;
    };
    const right = (index) => {
      let same = 0, all = 0;
      truth.forEach((value, i) => { if (value < core.description.classes) { all += 1; same += value === maps[index].classes[i]; } });
      return all ? same / all : null;
    };
    function show() {
      const map = maps[state.index];
      const out = context.createImageData(image.width, image.height);
      for (let i = 0; i < map.classes.length; i += 1) {
        const differs = state.index > 0 && map.classes[i] !== maps[state.index - 1].classes[i];
        const source = state.mode === "label" && truth ? truth[i] : map.classes[i];
        const over = state.mode === "label" && source >= core.description.classes ? [0, 0, 0] : classColour(source);
        let weight = { image: 0, overlay: state.opacity, map: 1, label: state.opacity, changed: differs ? 1 : 0 }[state.mode];
        for (let c = 0; c < 3; c += 1) {
          const below = image.data[4 * i + c];
          out.data[4 * i + c] = state.mode === "changed"
            ? (differs ? over[c] : 0.35 * below + 60) : weight * over[c] + (1 - weight) * below;
        }
        out.data[4 * i + 3] = 255;
      }
      context.putImageData(out, 0, 0);
      const shares = new Map();
      map.classes.forEach((value) => shares.set(value, (shares.get(value) ?? 0) + 1));
      const time = core.prediction.outputs.find((output) => output.output === map.output);
      const lines = [
        ["output", `${map.output} of ${core.description.iterations} iterations`],
        ["left the core", time ? `cycles ${count(time.first)} … ${count(time.last)}` : "–"],
        ["", time && clock(core) ? `${milliseconds(core, time.last + 1)} after the first pixel at ${clock(core).toFixed(1)} MHz` : null],
        ["changed since the output before", state.index ? percent(changed(state.index), 2) + " of the pixels" : "–"],
        ["confidence", map.confidence === null ? "–" : count(map.confidence)],
        ["pixels right", truth ? percent(right(state.index)) : null],
      ].filter(([, value]) => value !== null);
      facts.replaceChildren(
        table(["", ""], lines, [0, 1]),
        key([...shares].sort((a, b) => b[1] - a[1]).map(([index, pixelsOfIt]) =>
          [`class ${index}: ${percent(pixelsOfIt / map.classes.length)}`, `rgb(${classColour(index)})`])));
    }
    const slider = el("input", { type: "range", min: 0, max: maps.length - 1, value: state.index, "aria-label": "output",
      input: (event) => { state.index = Number(event.target.value); show(); } });
    const mode = el("select", { "aria-label": "what to show", change: (event) => { state.mode = event.target.value; show(); } },
      [["overlay", "map over the image"], ["map", "map"], ["changed", "changed since the output before"], ["image", "image"],
        ...(truth ? [["label", "label"]] : [])].map(([value, text]) => el("option", { value }, text)));
    const opacity = el("input", { type: "range", min: 0, max: 100, value: 55, "aria-label": "strength of the overlay",
      input: (event) => { state.opacity = event.target.value / 100; show(); } });
    section.append(
      el("p", { class: "dim" }, "What the simulated core sent for this image, output by output."),
      el("div", { class: "controls" }, el("label", {}, "output", slider), el("label", {}, "show", mode), el("label", {}, "strength", opacity)),
      el("div", { class: "side" }, el("div", { style: "flex: 2 1 20rem" }, canvas), el("div", { style: "flex: 1 1 16rem" }, facts)));
    show();
  },
});
