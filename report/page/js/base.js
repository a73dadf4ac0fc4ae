// What all panels share: elements, numbers, colours, the tip that follows the pointer.
"use strict";

const cores = JSON.parse(document.getElementById("data").textContent);
const panels = []; // {id, title, draw(section, core)} in the order of the page

/** An element with attributes and children; a function as attribute is an event handler. */
function el(name, attributes = {}, ...children) {
  const svg = ["svg", "g", "rect", "line", "text", "path", "circle", "title", "polyline"].includes(name);
  const node = svg ? document.createElementNS("http://www.w3.org/2000/svg", name) : document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (typeof value === "function") node.addEventListener(key, value);
    else if (value !== undefined && value !== null && value !== false) node.setAttribute(key, value);
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return node;
}

/** A table; cells are strings, numbers or elements, a leading column is text. */
function table(header, rows, textColumns = [0]) {
  const cell = (kind) => (content, column) => el(kind, { class: textColumns.includes(column) ? "text" : null }, content);
  return el("div", { class: "scroll" }, el("table", {},
    el("thead", {}, el("tr", {}, header.map(cell("th")))),
    el("tbody", {}, rows.map((row) => el("tr", {}, row.map(cell("td")))))));
}

const count = (value) => (value === null || value === undefined ? "–" : Math.round(value).toLocaleString("en").replaceAll(",", "\u2009"));
const percent = (share, digits = 1) => (share === null || share === undefined ? "–" : (100 * share).toFixed(digits) + " %");
function si(value) {
  for (const [factor, letter] of [[1e9, " G"], [1e6, " M"], [1e3, " k"]]) {
    if (value >= factor) return (value / factor).toPrecision(3) + letter;
  }
  return String(Math.round(value * 100) / 100);
}

const ROLES = ["expand", "depthwise", "project", "classify", "output", "loader", "state", "other"];
const colour = (role) => `var(--${ROLES.includes(role) ? role : "other"})`;
/** The colour itself, for a canvas. */
const solid = (role) => getComputedStyle(document.documentElement).getPropertyValue(`--${ROLES.includes(role) ? role : "other"}`).trim();

const bar = (share, role) => el("span", { class: "bar" },
  el("i", { style: `width:${Math.min(100, 100 * share).toFixed(2)}%;background:${colour(role)}` }));
const key = (entries) => el("div", { class: "key" }, entries.map(([text, background]) =>
  el("span", {}, el("i", { style: `background:${background}` }), text)));
const hint = (text, command) => el("p", { class: "hint" }, text + " ", el("code", {}, command));

const tipNode = el("div", { id: "tip", role: "status" });
function tip(event, text) {
  tipNode.style.display = text ? "block" : "none";
  if (!text) return;
  tipNode.textContent = text;
  const box = tipNode.getBoundingClientRect();
  tipNode.style.left = Math.max(4, Math.min(event.clientX + 14, innerWidth - box.width - 6)) + "px";
  tipNode.style.top = Math.max(4, Math.min(event.clientY + 16, innerHeight - box.height - 6)) + "px";
}
const hover = (text) => ({ pointermove: (event) => tip(event, text), pointerleave: (event) => tip(event, "") });

/** MHz that the core runs at: reached by place and route; none before. */
const clock = (core) => core.synth?.fmax_mhz ?? null;
const milliseconds = (core, cycles) => (clock(core) ? (cycles / clock(core) / 1000).toFixed(2) + " ms" : null);
const framesPerSecond = (core, cycles) => (clock(core) ? (1e6 * clock(core) / cycles).toFixed(1) : "–");
