// The page of a graph. `operations`, above, is printed from the table of operations; `content` holds the graph.

const nodes = content.nodes;
const root = nodes.length - 1;

nodes.forEach((node, i) => {
  const usual = { label: "", name: "", uses: 1, constant: 0, fixed: 0, cuts: (node.operands || []).map(() => 0) };
  Object.assign(node, { ...usual, ...node, place: i });
  node.recorded = unpack(node.value);
  if (node.partials) node.partials = node.partials.map(unpack);
  if (node.operands && node.operation && !node.fixed) node.compute = applied(operations[node.operation].value, node.operands);
});
const leaves = nodes.filter((node) => !node.operands && !node.constant);

// Forward and backward.

let isRecorded = true; // whether every leaf has the number that it was recorded with

function applied(operation, [i, j, ...others]) { // an operation on the values of its operands
  if (j === undefined) return (values) => operation(values[i]);
  if (!others.length) return (values) => operation(values[i], values[j]);
  return (values) => operation(values[i], values[j], ...others.map((k) => values[k]));
}

function evaluate(numbers) { // the values of all nodes, for these of the leaves
  const values = nodes.map((node) => node.recorded);
  for (const [i, x] of numbers) values[i] = x;
  for (const { compute, place } of nodes) if (compute) values[place] = compute(values);
  return values;
}

function follow(leaf, places) { // the results, for the leaf at these places: only what depends on it is computed anew
  const depending = new Set([leaf.place]);
  for (const node of nodes) if (node.compute && node.operands.some((k) => depending.has(k))) depending.add(node.place);
  const computed = nodes.filter((node) => node.compute && depending.has(node.place));
  const values = [...state.values];
  return places.map((x) => {
    values[leaf.place] = x;
    for (const { compute, place } of computed) values[place] = compute(values);
    return values[root];
  });
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

const numbers = new Map(leaves.map((leaf) => [leaf.place, leaf.recorded]));
let state;

function compute() {
  isRecorded = leaves.every((leaf) => Object.is(numbers.get(leaf.place), leaf.recorded));
  const values = isRecorded ? nodes.map((node) => node.recorded) : evaluate(numbers);
  const locals = differentiate(values, isRecorded);
  state = { values, locals, ...pushBack(locals) };
}

// The story: a step for the inputs, one for each operation, one for the result's own derivative, and one for each way back.

const steps = [{ phase: "start" }];
for (const node of nodes) {
  node.step = node.operands ? steps.length : 0; // which computes it
  if (node.operands) steps.push({ phase: "forward", node: node.place });
}
const turn = steps.length;
steps.push({ phase: "seed", node: root });
for (const i of content.backward) if (nodes[i].operands) steps.push({ phase: "backward", node: i });
steps.push({ phase: "end" });

function equate(...sides) { // an equation, each side once where two neighbours are alike
  return sides.filter((side, i) => side && (i === 0 || side !== sides[i - 1])).join(" = ");
}

function total(i) { return `d${nodes[root].name}/d${nodes[i].name}`; }

function write(node, say) { // an operation, with what is said of its operands
  if (!node.parts) return "";
  return node.parts.map((part) => {
    if (typeof part === "string") return part;
    const text = say(node.operands[Array.isArray(part) ? part[0] : part]);
    return Array.isArray(part) && text.startsWith("-") ? `(${text})` : text;
  }).join("");
}

function withNumbers(node) { return write(node, (k) => show(state.values[k])); }

function withNames(node) { return node.written || write(node, (k) => nodes[k].name || show(nodes[k].recorded)); }

function define(i) {
  const node = nodes[i];
  return node.operands ? equate(node.name, withNames(node)) : node.name;
}

const COMPARE = { "<": (x, y) => x < y, "<=": (x, y) => x <= y, ">": (x, y) => x > y, ">=": (x, y) => x >= y };

function ruleOf(i, j) { // the formula of a local derivative that holds here
  const node = nodes[i];
  const side = (x) => {
    if (x !== null && typeof x === "object") return state.values["operand" in x ? node.operands[x.operand] : i];
    return unpack(x);
  };
  const holds = ([left, symbol, right, outcome]) => COMPARE[symbol](side(left), side(right)) === Boolean(outcome);
  const rules = node.rules[j];
  const found = typeof rules === "string" ? { formula: rules } : rules.find((each) => each.when.every(holds));
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
    const aside = share === 0 && state.adjoints[i] * partial !== 0 ? content.cut : "";
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
    return ["The inputs are given.", ...leaves.map((leaf) => equate(leaf.name, show(state.values[leaf.place])))];
  }
  if (step.phase === "forward") {
    const node = nodes[step.node];
    return ["Forward", equate(node.name, withNames(node), withNumbers(node), show(state.values[step.node]))];
  }
  if (step.phase === "seed") return ["Backward", equate(total(root), "1")];
  if (step.phase === "backward") return ["Backward", ...backward(index)];
  if (nodes[root].constant) return ["Gradients", "none: the result is a constant"];
  return ["Gradients", ...leaves.map((leaf) => equate(total(leaf.place), show(state.adjoints[leaf.place])))];
}

// The picture. The numbers stand on a sheet of their own above it: what stays the same need not be painted again.

const stage = document.querySelector(".stage");
const sheet = stage.cloneNode(false);
sheet.setAttribute("class", "sheet");
sheet.setAttribute("aria-hidden", "true");
const layer = stage.querySelector(".graph").cloneNode(false);
sheet.append(layer);
stage.after(sheet);

const groups = new Map([...stage.querySelectorAll("[data-node]")].map((group) => [group.dataset.node, group]));
const edges = new Map(); // by their ends
for (const edge of stage.querySelectorAll("[data-edge]")) {
  edges.set(edge.dataset.edge, [...(edges.get(edge.dataset.edge) || []), edge]);
}
for (const node of nodes) {
  node.group = groups.get(node.id);
  node.drawn = [node.group, groups.get(`${node.id}op`)].filter(Boolean);
  const title = make("title", {});
  title.textContent = node.label || node.name || show(node.recorded);
  if (!node.constant) {
    const texts = [...node.group.querySelectorAll("text")].slice(-2);
    node.figures = [["value", texts[0]], ["grad", texts[1]]].map(([word, text]) => ({ word, text, shown: null }));
    texts[1].classList.add("grad");
    layer.append(...texts);
  }
  node.group.prepend(title);
}

function edgesInto(i) { // an operation's edges, in the order of its operands
  const taken = new Map();
  return nodes[i].operands.map((k) => {
    if (k < 0) return undefined;
    const key = `${nodes[k].id} ${nodes[i].id}`;
    const place = taken.get(key) || 0;
    taken.set(key, place + 1);
    return (edges.get(key) || [])[place];
  });
}

const frame = find("graph"), scene = find("scene");

function fit() { // a small picture grows, and one a little too wide shrinks; one that could not be read then is scrolled
  const [width, height] = ["width", "height"].map((each) => Number(stage.getAttribute(each)));
  const room = Math.min(frame.clientWidth / width, Math.max(0.6 * innerHeight / height, 1), 1.5);
  scene.style.width = `${width * (room > 0.75 ? room : 1)}px`;
  const { left, top } = scene.getBoundingClientRect();
  for (const node of nodes) {
    const box = node.group.getBoundingClientRect();
    node.box = { left: box.left - left, right: box.right - left, top: box.top - top, bottom: box.bottom - top };
  }
}

let view = null; // the part of the picture that the frame shows; before anything is laid out, all of it

function look() {
  const outer = frame.getBoundingClientRect(), { left, top } = scene.getBoundingClientRect();
  view = { left: outer.left - left, right: outer.right - left, top: outer.top - top, bottom: outer.bottom - top };
}

function isSeen({ left, right, top, bottom }) {
  return !view || (right > view.left && left < view.right && bottom > view.top && top < view.bottom);
}

function reveal({ left, right, top, bottom }) { // scroll the graph, and only that
  const across = left < view.left || right > view.right ? (left + right - view.left - view.right) / 2 : 0;
  const down = top < view.top || bottom > view.bottom ? (top + bottom - view.top - view.bottom) / 2 : 0;
  if (across || down) frame.scrollBy(across, down);
  look();
}

let current = steps.length - 1;

function showStep() { // what has been computed by now, and what is at work
  const step = steps[current];
  for (const node of nodes) {
    for (const each of node.drawn) {
      each.classList.toggle("later", node.step > current);
      each.classList.toggle("active", node.place === step.node);
    }
  }
  for (const edge of stage.querySelectorAll(".edge.active")) edge.classList.remove("active");
  if (moves(step)) for (const edge of edgesInto(step.node)) if (edge) edge.classList.add("active");
}

function showNumbers() { // those that are in view, and have changed
  const back = current >= turn ? seen(current) : null;
  for (const { figures, box, place, step } of nodes) {
    if (!figures || !isSeen(box)) continue;
    const hasGradient = back && (place === root || back.got[place].length > 0);
    const numbers = [step > current ? null : state.values[place], hasGradient ? back.partial[place] : null];
    figures.forEach((figure, k) => {
      const x = numbers[k];
      if (Object.is(x, figure.shown)) return;
      figure.shown = x;
      figure.text.textContent = x === null ? figure.word : `${figure.word} ${show(x)}`;
      figure.text.classList.toggle("later", x === null);
      figure.text.classList.toggle("wrong", x !== null && !Number.isFinite(x));
    });
  }
}

function say() {
  const [phase, ...lines] = tell(current);
  put(find("phase"), `step ${current} of ${steps.length - 1}: ${phase}`);
  put(find("sentence"), lines.join("\n"));
}

function put(element, text) { // what has not changed need not be laid out again
  if (element.textContent !== text) element.textContent = text;
}

// Numbers travel along the edges of a step: by animations, which cost the page nothing while they run.

function moves(step) { return step.phase === "forward" || step.phase === "backward"; }

function stopTokens() {
  for (const token of scene.querySelectorAll(".token")) token.remove();
}

function travel(duration) {
  stopTokens();
  const step = steps[current];
  if (!moves(step) || matchMedia("(prefers-reduced-motion: reduce)").matches) return;
  const { left, top } = scene.getBoundingClientRect();
  edgesInto(step.node).forEach((edge, j) => {
    if (!edge) return;
    const length = edge.getTotalLength(), onScreen = edge.getScreenCTM();
    const way = Array.from({ length: 25 }, (_, k) => {
      const { x, y } = edge.getPointAtLength(k / 24 * length).matrixTransform(onScreen);
      return { transform: `translate(${x - left}px, ${y - top}px)` };
    });
    const number = step.phase === "forward" ? state.values[nodes[step.node].operands[j]] : state.shares[step.node][j];
    const token = make("svg", { class: "token", "aria-hidden": "true" }, scene);
    make("circle", { r: 4 }, token);
    make("text", { x: 6, y: -5 }, token).textContent = show(number, 3);
    token.animate(step.phase === "forward" ? way : way.reverse(), { duration, fill: "forwards" }).onfinish = () => token.remove();
  });
}

// Steps.

let timer = 0;

function go(index, isMoving = false) {
  const target = Math.max(0, Math.min(index, steps.length - 1));
  const isStep = Math.abs(target - current) === 1;
  current = target;
  if (steps[current].node !== undefined) reveal(nodes[steps[current].node].box);
  showStep();
  showNumbers();
  say();
  find("progress").value = current / (steps.length - 1);
  if (isStep || isMoving) travel(Math.min(Number(find("speed").value) * 0.8, 900));
  else stopTokens();
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
    put(find("refused"), isWrong ? `${leaf.name} stays ${repr(numbers.get(leaf.place))}: ${text ? `“${text}” is` : "nothing typed is"} no number` : "");
    if (!isWrong) change(leaf, x);
  });
  slider.addEventListener("input", () => {
    const way = slider.value / 500 - 1;
    change(leaf, way === 0 ? leaf.recorded : Number((leaf.recorded + way * reach(leaf)).toPrecision(6)));
  });
  pick.addEventListener("change", () => { chosen = leaf; plot(); });
  rows.set(leaf, { leaf, typed, slider, gradient });
}

function change(leaf, x) {
  numbers.set(leaf.place, x);
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
  showNumbers();
  say();
  for (const row of rows.values()) fill(row);
  plot();
}

function fill({ leaf, typed, slider, gradient }) {
  const x = numbers.get(leaf.place);
  if (document.activeElement !== typed || typed.getAttribute("aria-invalid") !== "true") {
    if (typed.value !== repr(x)) typed.value = repr(x);
    if (typed.getAttribute("aria-invalid") === "true") put(find("refused"), "");
    typed.setAttribute("aria-invalid", "false");
  }
  if (document.activeElement !== slider) slider.value = 500 * (1 + (x - leaf.recorded) / reach(leaf));
  put(gradient, show(state.adjoints[leaf.place]));
}

find("reset").addEventListener("click", () => {
  for (const leaf of leaves) numbers.set(leaf.place, leaf.recorded);
  refresh();
});

// The function along one leaf, and its tangent.

const WIDTH = 420, HEIGHT = 260, MARGIN = 40;
const axes = find("axes");
let scale = null;

function refuse(reason) { // why nothing is drawn
  make("text", { x: WIDTH / 2, y: HEIGHT / 2, "text-anchor": "middle" }, axes).textContent = reason;
}

function plot() {
  find("plot").hidden = !chosen;
  if (!chosen) return;
  const i = chosen.place;
  const here = numbers.get(i), value = state.values[root], slope = state.adjoints[i];
  find("plot-title").textContent = `${nodes[root].name} along ${chosen.name}, and its tangent`;
  find("slope").textContent = `${total(i)} = ${show(slope)} at ${chosen.name} = ${show(here)}`;
  axes.replaceChildren();
  scale = null;
  if (!Number.isFinite(here)) { refuse(`there is no tangent where ${chosen.name} is ${repr(here)}`); return; }
  const half = Math.max(reach(chosen), Math.abs(here - chosen.recorded) * 1.25);
  const left = chosen.recorded - half, right = chosen.recorded + half;
  const places = Array.from({ length: 121 }, (_, k) => left + (right - left) * k / 120);
  const results = follow(chosen, places);
  const points = places.map((x, k) => [x, results[k]]);
  const finite = points.map(([, y]) => y).filter(Number.isFinite).concat(Number.isFinite(value) ? [value] : []);
  if (!finite.length) { refuse(`${nodes[root].name} is not finite anywhere near`); return; }
  let low = Math.min(...finite), high = Math.max(...finite);
  if (!(high > low)) { low -= 1; high += 1; }
  if (!Number.isFinite(high - low)) { refuse(`${nodes[root].name} is too large to be drawn`); return; }
  const pad = (high - low) * 0.08;
  low -= pad;
  high += pad;
  const across = (x) => MARGIN + (x - left) / (right - left) * (WIDTH - MARGIN - 8);
  const down = (y) => 8 + (high - y) / (high - low) * (HEIGHT - MARGIN - 8);
  scale = { left, right, across };
  for (const [x, text] of labelled(ticks(left, right))) {
    make("line", { x1: across(x), x2: across(x), y1: 8, y2: HEIGHT - MARGIN }, axes);
    make("text", { x: across(x), y: HEIGHT - MARGIN + 14, "text-anchor": "middle" }, axes).textContent = text;
  }
  for (const [y, text] of labelled(ticks(low, high))) {
    make("line", { x1: MARGIN, x2: WIDTH - 8, y1: down(y), y2: down(y) }, axes);
    make("text", { x: MARGIN - 4, y: down(y) + 4, "text-anchor": "end" }, axes).textContent = text;
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

for (const node of nodes) {
  for (const each of node.drawn) {
    each.addEventListener("click", () => { if (node.step) { pause(); go(node.step, true); } });
  }
}

for (const leaf of leaves) addRow(leaf);
if (content.leftOut) {
  find("note").hidden = false;
  find("note").textContent = `Shown are the ${nodes.length} nodes nearest to the result; ${content.leftOut} others are left out, `
    + "and the inputs that they depend on stay as they were recorded.";
}
compute();
fit();
showNumbers();
look();
go(current);
update();
reveal(nodes[root].box);
frame.addEventListener("scroll", () => { look(); requestAnimationFrame(showNumbers); });
addEventListener("resize", () => { fit(); look(); showNumbers(); });
addEventListener("beforeprint", () => { view = null; showNumbers(); });
