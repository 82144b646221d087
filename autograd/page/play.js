// The page of a graph. `operations`, above, is printed from the table of operations; `content` holds the graph.

const nodes = content.nodes;
const root = nodes.length - 1;

for (const node of nodes) {
  const usual = { label: "", name: "", uses: 1, constant: 0, fixed: 0, cuts: (node.operands || []).map(() => 0) };
  Object.assign(node, { ...usual, ...node });
  node.recorded = unpack(node.value);
  if (node.partials) node.partials = node.partials.map(unpack);
  node.inputs = node.operands ? node.operands.map((i) => nodes[i]) : [];
}
const leaves = nodes.filter((node) => !node.operands && !node.constant);

// Forward and backward.

let isRecorded = true; // whether every leaf has the number that it was recorded with

function evaluate(numbers) { // the values of all nodes, for these of the leaves
  const values = new Array(nodes.length);
  nodes.forEach((node, i) => {
    if (!node.operands) values[i] = numbers.has(i) ? numbers.get(i) : node.recorded;
    else if (node.fixed || !node.operation) values[i] = node.recorded;
    else values[i] = operations[node.operation].value(...node.operands.map((k) => values[k]));
  });
  return values;
}

function differentiate(values, exact) { // each node's local derivatives, and which of its edges carry nothing
  return nodes.map((node, i) => {
    if (!node.operands) return null;
    if (exact || node.fixed || !node.operation) return { partials: node.partials, cuts: node.cuts };
    const operation = operations[node.operation];
    const operands = node.operands.map((k) => values[k]);
    return {
      partials: operation.partials(...operands, values[i]),
      cuts: operation.cuts ? operation.cuts(...operands) : node.cuts.map(() => 0),
    };
  });
}

function pushBack(locals) { // the adjoints, in the order of `backward`, and what each edge carried
  const adjoints = nodes.map(() => 0);
  const shares = nodes.map(() => []);
  const reached = new Set([root]);
  adjoints[root] = 1;
  for (const i of content.backward) {
    const node = nodes[i];
    if (!node.operands) continue;
    node.operands.forEach((k, j) => {
      const isCut = locals[i].cuts[j] || !reached.has(i);
      shares[i][j] = isCut ? 0 : locals[i].partials[j] * adjoints[i];
      if (isCut || k < 0) return;
      adjoints[k] += shares[i][j];
      reached.add(k);
    });
  }
  return { adjoints, shares };
}

const numbers = new Map(leaves.map((leaf) => [nodes.indexOf(leaf), leaf.recorded]));
let state;

function compute() {
  isRecorded = leaves.every((leaf) => Object.is(numbers.get(nodes.indexOf(leaf)), leaf.recorded));
  const values = isRecorded ? nodes.map((node) => node.recorded) : evaluate(numbers);
  const locals = differentiate(values, isRecorded);
  state = { values, locals, ...pushBack(locals) };
}

// The story: a step for the inputs, one for each operation, one for the result's own derivative, and one for each way back.

const steps = [{ phase: "start" }];
nodes.forEach((node, i) => { if (node.operands) steps.push({ phase: "forward", node: i }); });
const turn = steps.length;
steps.push({ phase: "seed", node: root });
for (const i of content.backward) if (nodes[i].operands) steps.push({ phase: "backward", node: i });
steps.push({ phase: "end" });

function equate(...sides) { // an equation, each side once where two neighbours are alike
  return sides.filter((side, i) => side && (i === 0 || side !== sides[i - 1])).join(" = ");
}

function total(i) { return `d${nodes[root].name}/d${nodes[i].name}`; }

function withNumbers(node) {
  if (!node.parts) return "";
  return node.parts.map((part) => {
    if (typeof part === "string") return part;
    const text = show(state.values[node.operands[part[0]]]);
    return part[1] && text.startsWith("-") ? `(${text})` : text;
  }).join("");
}

function define(i) {
  const node = nodes[i];
  return node.operands ? equate(node.name, node.written) : node.name;
}

const COMPARE = { "<": (x, y) => x < y, "<=": (x, y) => x <= y, ">": (x, y) => x > y, ">=": (x, y) => x >= y };

function ruleOf(i, j) { // the formula of a local derivative that holds here
  const node = nodes[i];
  const side = (x) => {
    if (x !== null && typeof x === "object") return state.values["operand" in x ? node.operands[x.operand] : i];
    return unpack(x);
  };
  const holds = ([left, symbol, right, outcome]) => COMPARE[symbol](side(left), side(right)) === Boolean(outcome);
  const found = node.rules[j].find((each) => !each.when || each.when.every(holds));
  return { formula: "", condition: "", ...found };
}

function seen(until) { // how often each node has got a share when this many steps back are done, and what they were
  const got = nodes.map(() => []);
  const partial = nodes.map(() => 0);
  partial[root] = 1;
  for (const step of steps.slice(turn, until + 1)) {
    if (step.phase !== "backward") continue;
    nodes[step.node].operands.forEach((k, j) => {
      if (k < 0) return;
      got[k].push(state.shares[step.node][j]);
      partial[k] += state.shares[step.node][j];
    });
  }
  return { got, partial };
}

function backward(index) { // the lines of one step back, which are those of `explain`
  const i = steps[index].node;
  const node = nodes[i];
  const before = seen(index - 1);
  const repeated = (k) => node.operands.filter((other) => other === k).length > 1;
  const lines = [define(i)];
  node.operands.forEach((k, j) => {
    if (k < 0 || nodes[k].constant) return;
    const { formula, condition } = ruleOf(i, j);
    const place = repeated(k) ? `, as operand ${j + 1}` : "";
    const local = `∂${node.name}/∂${nodes[k].name}`;
    const partial = state.locals[i].partials[j], share = state.shares[i][j];
    lines.push(`  ${equate(local, formula, show(partial))}${condition}${place}`);
    const by = nodes[k].uses > 1 ? ` by ${node.name}` : "";
    const numbers = `${show(state.adjoints[i])} * ${show(partial)}`;
    const aside = Number.isFinite(state.adjoints[i]) || share !== 0 ? "" : content.cut;
    lines.push(`  ${equate(total(k) + by, `${total(i)} * ${local}`, numbers, show(share))}${aside}`);
    const got = before.got[k];
    got.push(share);
    if (got.length === nodes[k].uses && got.length > 1) {
      const sum = got.map((x) => show(x)).join(" + ");
      lines.push(`  ${equate(total(k), sum, show(state.adjoints[k]))}, where ${got.length} paths meet`);
    }
  });
  return lines;
}

function tell(index) {
  const step = steps[index];
  if (step.phase === "start") {
    return ["The inputs are given.", ...leaves.map((leaf) => equate(leaf.name, show(state.values[nodes.indexOf(leaf)])))];
  }
  if (step.phase === "forward") {
    const node = nodes[step.node];
    return ["Forward", equate(node.name, node.written, withNumbers(node), show(state.values[step.node]))];
  }
  if (step.phase === "seed") return ["Backward", equate(total(root), "1")];
  if (step.phase === "backward") return ["Backward", ...backward(index)];
  if (nodes[root].constant) return ["Gradients", "none: the result is a constant"];
  return ["Gradients", ...leaves.map((leaf) => equate(total(nodes.indexOf(leaf)), show(state.adjoints[nodes.indexOf(leaf)])))];
}

// The picture.

const stage = document.querySelector(".stage");
const groups = new Map([...stage.querySelectorAll("[data-node]")].map((group) => [group.dataset.node, group]));
const edges = new Map();
for (const group of stage.querySelectorAll("[data-edge]")) {
  const listed = edges.get(group.dataset.edge) || [];
  listed.push(group);
  edges.set(group.dataset.edge, listed);
}
for (const node of nodes) {
  const group = groups.get(node.id);
  const texts = [...group.querySelectorAll("text")];
  node.group = group;
  node.circle = groups.get(`${node.id}op`);
  if (!node.constant) {
    [node.valueText, node.gradText] = texts.slice(-2);
    node.gradText.classList.add("grad");
  }
  const title = make("title", {});
  title.textContent = node.label || node.name || show(node.recorded);
  group.prepend(title);
}

function edgesInto(i) { // an operation's edges, in the order of its operands
  const taken = new Map();
  return nodes[i].operands.map((k) => {
    if (k < 0) return undefined;
    const key = `${nodes[k].id}->${nodes[i].id}op`;
    const place = taken.get(key) || 0;
    taken.set(key, place + 1);
    return (edges.get(key) || [])[place];
  });
}

function fit() { // a picture a little too wide shrinks; one that would become too small to be read is scrolled
  const natural = Number(stage.getAttribute("width"));
  stage.classList.toggle("wide", natural > 1.6 * find("graph").clientWidth);
}
addEventListener("resize", fit);

function reveal(group) { // scroll the graph, and only that
  const frame = find("graph").getBoundingClientRect(), box = group.getBoundingClientRect();
  const across = box.left < frame.left || box.right > frame.right ? box.left + box.width / 2 - frame.left - frame.width / 2 : 0;
  const down = box.top < frame.top || box.bottom > frame.bottom ? box.top + box.height / 2 - frame.top - frame.height / 2 : 0;
  if (across || down) find("graph").scrollBy(across, down);
}

let current = steps.length - 1;

function write(element, text) { // what has not changed need not be laid out again
  if (element.textContent !== text) element.textContent = text;
}

function paint() {
  const index = current;
  const forward = new Set(steps.slice(1, Math.min(index, turn - 1) + 1).map((step) => step.node));
  const back = index >= turn ? seen(index) : null;
  nodes.forEach((node, i) => {
    const isComputed = !node.operands || forward.has(i);
    node.group.classList.toggle("later", !isComputed);
    node.group.classList.remove("active");
    if (node.circle) {
      node.circle.classList.toggle("later", !isComputed);
      node.circle.classList.remove("active");
    }
    if (!node.valueText) return;
    write(node.valueText, isComputed ? `value ${show(state.values[i])}` : "value");
    node.valueText.classList.toggle("wrong", isComputed && !Number.isFinite(state.values[i]));
    const hasGradient = back && (i === root || back.got[i].length > 0);
    write(node.gradText, hasGradient ? `grad ${show(back.partial[i])}` : "grad");
    node.gradText.classList.toggle("wrong", Boolean(hasGradient) && !Number.isFinite(back.partial[i]));
  });
  for (const listed of edges.values()) for (const edge of listed) edge.classList.remove("active");
  const step = steps[index];
  if (step.node !== undefined) {
    const node = nodes[step.node];
    node.group.classList.add("active");
    if (node.circle) node.circle.classList.add("active");
    if (step.phase !== "seed") for (const edge of edgesInto(step.node)) if (edge) edge.classList.add("active");
  }
  const lines = tell(index);
  const sentence = find("sentence");
  sentence.replaceChildren();
  const phase = document.createElement("div");
  phase.className = "phase";
  phase.textContent = `step ${index} of ${steps.length - 1}: ${lines[0]}`;
  sentence.append(phase, lines.slice(1).join("\n"));
  find("progress").value = index / (steps.length - 1);
}

// Numbers travel along the edges of a step.

let tokens = [];

function stopTokens() {
  for (const token of tokens) token.remove();
  tokens = [];
}

function travel(index, duration) {
  stopTokens();
  const step = steps[index];
  if (!["forward", "backward"].includes(step.phase) || matchMedia("(prefers-reduced-motion: reduce)").matches) return;
  const layer = stage.querySelector(".graph");
  const moving = edgesInto(step.node).map((edge, j) => {
    const path = edge && edge.querySelector("path");
    if (!path) return null;
    const token = make("g", { class: "token" }, layer);
    make("circle", { r: 4 }, token);
    const number = step.phase === "forward" ? state.values[nodes[step.node].operands[j]] : state.shares[step.node][j];
    make("text", { x: 6, y: -5 }, token).textContent = show(number, 3);
    return { token, path, length: path.getTotalLength() };
  }).filter(Boolean);
  tokens = moving.map((each) => each.token);
  const started = performance.now();
  const mine = tokens;
  function move(now) {
    if (mine !== tokens) return;
    const way = Math.min((now - started) / duration, 1);
    for (const { token, path, length } of moving) {
      const point = path.getPointAtLength((step.phase === "forward" ? way : 1 - way) * length);
      token.setAttribute("transform", `translate(${point.x} ${point.y})`);
    }
    if (way < 1) requestAnimationFrame(move);
    else stopTokens();
  }
  requestAnimationFrame(move);
}

// Steps.

let timer = 0;

function go(index, isMoving = false) {
  const target = Math.max(0, Math.min(index, steps.length - 1));
  const isStep = Math.abs(target - current) === 1;
  current = target;
  paint();
  if (steps[current].node !== undefined) reveal(nodes[steps[current].node].group);
  stopTokens();
  if (isStep || isMoving) travel(current, Math.min(Number(find("speed").value) * 0.8, 900));
  if (current === steps.length - 1) pause();
}

function pause() {
  clearInterval(timer);
  timer = 0;
  find("run").textContent = "▶";
  find("run").setAttribute("aria-label", "play");
}

function run() {
  if (timer) { pause(); return; }
  if (current === steps.length - 1) go(0);
  find("run").textContent = "❚❚";
  find("run").setAttribute("aria-label", "pause");
  timer = setInterval(() => go(current + 1, true), Number(find("speed").value));
}

const ACTIONS = {
  first: () => { pause(); go(0); },
  back: () => { pause(); go(current - 1); },
  forth: () => { pause(); go(current + 1); },
  last: () => { pause(); go(steps.length - 1); },
  run,
};
for (const [id, act] of Object.entries(ACTIONS)) find(id).addEventListener("click", act);
find("speed").addEventListener("change", () => { if (timer) { pause(); run(); } });
const KEYS = { ArrowLeft: "back", ArrowRight: "forth", " ": "run", Home: "first", End: "last" };
document.addEventListener("keydown", (event) => {
  const isTyping = event.target.closest("input, select") || (event.key === " " && event.target.closest("button"));
  if (!(event.key in KEYS) || isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  ACTIONS[KEYS[event.key]]();
});

// Leaves.

let chosen = leaves.find((leaf) => !leaf.fixed);
const rows = new Map();

function reach(leaf) { // how far its slider goes to either side
  return Math.max(2, 2 * Math.abs(leaf.recorded));
}

function addRow(leaf) {
  const i = nodes.indexOf(leaf);
  const row = find("leaves").insertRow();
  const head = document.createElement("th");
  head.scope = "row";
  head.textContent = leaf.name;
  row.append(head);
  const typed = document.createElement("input");
  typed.type = "text";
  typed.inputMode = "decimal";
  typed.setAttribute("aria-label", `value of ${leaf.name}`);
  const slider = document.createElement("input");
  slider.type = "range";
  slider.min = 0;
  slider.max = 1000;
  slider.setAttribute("aria-label", `slider of ${leaf.name}`);
  const pick = document.createElement("input");
  pick.type = "radio";
  pick.name = "chosen";
  pick.setAttribute("aria-label", `plot along ${leaf.name}`);
  pick.checked = leaf === chosen;
  row.insertCell().append(typed);
  row.insertCell().append(slider);
  const gradient = row.insertCell();
  gradient.className = "gradient";
  row.insertCell().append(pick);
  for (const each of [typed, slider, pick]) {
    each.disabled = Boolean(leaf.fixed);
    if (leaf.fixed) each.title = "something that this page does not show or cannot compute depends on it";
  }
  typed.addEventListener("change", () => {
    const text = typed.value.trim();
    const x = { inf: Infinity, "-inf": -Infinity, nan: NaN }[text] ?? (text === "" ? undefined : Number(text));
    const isWrong = x === undefined || (Number.isNaN(x) && text !== "nan");
    typed.setAttribute("aria-invalid", String(isWrong));
    if (!isWrong) change(leaf, x);
  });
  slider.addEventListener("input", () => {
    const way = slider.value / 500 - 1;
    change(leaf, way === 0 ? leaf.recorded : Number((leaf.recorded + way * reach(leaf)).toPrecision(6)));
  });
  pick.addEventListener("change", () => { chosen = leaf; plot(); });
  rows.set(i, { typed, slider, gradient });
}

function change(leaf, x) {
  numbers.set(nodes.indexOf(leaf), x);
  refresh();
}

let isWaiting = false;

function refresh() { // once a frame, however fast something is dragged
  if (isWaiting) return;
  isWaiting = true;
  requestAnimationFrame(() => { isWaiting = false; update(); });
}

function update() {
  compute();
  paint();
  for (const [i, { typed, slider, gradient }] of rows) {
    const x = numbers.get(i);
    if (document.activeElement !== typed || typed.getAttribute("aria-invalid") !== "true") {
      typed.value = repr(x);
      typed.setAttribute("aria-invalid", "false");
    }
    if (document.activeElement !== slider) slider.value = 500 * (1 + (x - nodes[i].recorded) / reach(nodes[i]));
    gradient.textContent = show(state.adjoints[i]);
  }
  plot();
}

find("reset").addEventListener("click", () => {
  for (const leaf of leaves) numbers.set(nodes.indexOf(leaf), leaf.recorded);
  fit();
update();
});

// The function along one leaf, and its tangent.

const WIDTH = 420, HEIGHT = 260, MARGIN = 40;
const axes = find("axes");
let scale = null;

function plot() {
  find("plot").hidden = !chosen;
  if (!chosen) return;
  const i = nodes.indexOf(chosen);
  const here = numbers.get(i), value = state.values[root], slope = state.adjoints[i];
  find("plot-title").textContent = `${nodes[root].name} along ${chosen.name}, and its tangent`;
  find("slope").textContent = `${total(i)} = ${show(slope)} at ${chosen.name} = ${show(here)}`;
  axes.replaceChildren();
  if (!Number.isFinite(here)) return;
  const half = Math.max(reach(chosen), Math.abs(here - chosen.recorded) * 1.25);
  const left = chosen.recorded - half, right = chosen.recorded + half;
  const points = [];
  const count = nodes.length > 100 ? 80 : 160;
  for (let k = 0; k <= count; k += 1) {
    const x = left + (right - left) * k / count;
    points.push([x, evaluate(new Map([...numbers, [i, x]]))[root]]);
  }
  const finite = points.map(([, y]) => y).filter(Number.isFinite).concat(Number.isFinite(value) ? [value] : []);
  let low = Math.min(...finite), high = Math.max(...finite);
  if (!(high > low)) { low -= 1; high += 1; }
  if (!Number.isFinite(high - low)) return;
  const pad = (high - low) * 0.08;
  low -= pad;
  high += pad;
  const across = (x) => MARGIN + (x - left) / (right - left) * (WIDTH - MARGIN - 8);
  const down = (y) => 8 + (high - y) / (high - low) * (HEIGHT - MARGIN - 8);
  scale = { left, right, across };
  for (const x of ticks(left, right)) {
    make("line", { x1: across(x), x2: across(x), y1: 8, y2: HEIGHT - MARGIN }, axes);
    make("text", { x: across(x), y: HEIGHT - MARGIN + 14, "text-anchor": "middle" }, axes).textContent = show(x, 3);
  }
  for (const y of ticks(low, high)) {
    make("line", { x1: MARGIN, x2: WIDTH - 8, y1: down(y), y2: down(y) }, axes);
    make("text", { x: MARGIN - 4, y: down(y) + 4, "text-anchor": "end" }, axes).textContent = show(y, 3);
  }
  make("text", { x: (WIDTH + MARGIN) / 2, y: HEIGHT - 6, "text-anchor": "middle" }, axes).textContent = chosen.name;
  let path = "", isDown = false;
  for (const [x, y] of points) {
    if (Number.isFinite(y)) path += `${isDown ? "L" : "M"}${across(x).toFixed(2)} ${down(y).toFixed(2)}`;
    isDown = Number.isFinite(y);
  }
  make("path", { class: "curve", d: path }, axes);
  if (!Number.isFinite(value)) return;
  if (Number.isFinite(slope)) {
    const ends = [left, right].map((x) => {
      const y = value + slope * (x - here);
      const held = Math.max(low, Math.min(high, y));
      return [slope === 0 || held === y ? x : here + (held - value) / slope, held];
    });
    const [[x1, y1], [x2, y2]] = ends;
    make("line", { class: "tangent", x1: across(x1), x2: across(x2), y1: down(y1), y2: down(y2) }, axes);
  }
  make("circle", { cx: across(here), cy: down(value), r: 6 }, axes);
}

function drag(event) {
  if (!chosen || !scale || !(event.buttons & 1)) return;
  const box = axes.getBoundingClientRect();
  const x = (event.clientX - box.left) / box.width * WIDTH;
  const { left, right, across } = scale;
  const way = (x - across(left)) / (across(right) - across(left));
  change(chosen, Number((left + Math.max(0, Math.min(1, way)) * (right - left)).toPrecision(6)));
}
axes.addEventListener("pointerdown", (event) => { axes.setPointerCapture(event.pointerId); drag(event); });
axes.addEventListener("pointermove", drag);

// A node that is clicked shows the step that computed it.

nodes.forEach((node, i) => {
  for (const group of [node.group, node.circle]) {
    if (group) group.addEventListener("click", () => {
      const index = steps.findIndex((step) => step.phase === "forward" && step.node === i);
      if (index > 0) ACTIONS.first(), go(index, true);
    });
  }
});

for (const leaf of leaves) addRow(leaf);
if (content.leftOut) {
  find("note").hidden = false;
  find("note").textContent = `Shown are the ${nodes.length} nodes nearest to the result; ${content.leftOut} others are left out, `
    + "and the inputs that they depend on stay as they were recorded.";
}
fit();
update();
reveal(nodes[root].group);
