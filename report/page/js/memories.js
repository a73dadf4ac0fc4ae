// Every memory of the core: its shape, what rounding up to block RAMs costs, who reads and writes it.
"use strict";

const BLOCK_BITS = 18432;

panels.push({
  id: "memories", title: "Memories",
  draw(section, core) {
    const memories = [...core.report.memories].sort((a, b) => b.block_rams - a.block_rams || b.bits - a.bits);
    const blocks = memories.reduce((sum, memory) => sum + memory.block_rams, 0);
    const rows = memories.map((memory) => {
      const room = memory.block_rams * BLOCK_BITS;
      return [memory.name, memory.written_by ?? "–", memory.read_by ?? "–", `${count(memory.width)} × ${count(memory.depth)}`, count(memory.bits),
        memory.block_rams || "LUT RAM", room ? percent(Math.max(0, 1 - memory.bits / room), 0) : "–", room ? bar(memory.bits / room, "project") : ""];
    });
    const strip = el("svg", { class: "wide", height: 34, role: "img", "aria-label": "block RAMs by memory", viewBox: "0 0 1000 34", preserveAspectRatio: "none" });
    let at = 0;
    memories.filter((memory) => memory.block_rams).forEach((memory, index) => {
      const width = (1000 * memory.block_rams) / blocks;
      strip.append(el("rect", { x: at, y: 2, width: Math.max(0.5, width - 1), height: 30, rx: 1,
        fill: `color-mix(in srgb, ${colour(ROLES[index % 7])} 80%, var(--card))`,
        ...hover(`${memory.name}: ${memory.block_rams} block RAMs, ${percent(memory.block_rams / blocks)}`) }));
      at += width;
    });
    section.append(
      el("p", {}, `${count(core.report.memory_bits)} bits in ${count(blocks)} block RAMs of 18 kbit by estimate. What is lost is the part of a ` +
        "memory's block RAMs that no bit of it fills: widths and depths round up."),
      strip,
      table(["memory", "written by", "read by", "bits × words", "bits", "block RAMs", "lost", "filled"], rows, [0, 1, 2]));
  },
});
