// The page of a training. `point`, `outputs` and `neurons`, above, are printed from the graph of one point.

const frames = unpackFrames(content.frames, content.epochs.length);
const inputs = content.inputs.map((row) => Float64Array.from(row));
const targets = content.targets.map((row) => [...row]);
const recordedInputs = inputs.map((row) => Float64Array.from(row));
const width = inputs[0].length;
const kind = width === 1 ? "curve" : width === 2 ? "plane" : "predictions";

let p = Float64Array.from(content.start);
let gradient = new Float64Array(p.length);
let steps = 0;
let moments = atRest();
let trained = []; // the loss of each epoch that the page has trained
const settings = { rate: content.lr, momentum: content.momentum, decay: content.decay, batch: content.batch };
let shown = -1; // which recorded frame is shown; -1 while the page trains
let chosen = 0; // the point whose activations the network shows

function atRest() { return { velocity: new Float64Array(p.length), mean: new Float64Array(p.length), square: new Float64Array(p.length) }; }

function unpackFrames(text, count) {
  if (!count) return [];
  const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  const numbers = new Float32Array(bytes.buffer);
  const size = numbers.length / count;
  return Array.from({ length: count }, (_, k) => Float64Array.from(numbers.subarray(k * size, (k + 1) * size)));
}

// Training: what `nn.fit` does.

function share(places) { // the loss of a batch; its gradient is left in `gradient`
  gradient.fill(0);
  let loss = 0;
  for (const i of places) loss += point(p, inputs[i], targets[i], gradient);
  if (content.reduction === "mean") {
    loss /= places.length;
    for (let k = 0; k < gradient.length; k += 1) gradient[k] /= places.length;
  }
  return loss;
}

const MOVES = {
  sgd(rate) {
    const { velocity } = moments, { momentum } = settings;
    for (let k = 0; k < p.length; k += 1) {
      velocity[k] = momentum * velocity[k] + gradient[k];
      p[k] -= rate * velocity[k];
    }
  },
  adam(rate) { // Kingma and Ba 2015, with the constants that nn.Adam has
    const { mean, square } = moments;
    const first = rate / (1 - 0.9 ** steps), second = 1 - 0.999 ** steps;
    for (let k = 0; k < p.length; k += 1) {
      mean[k] = 0.9 * mean[k] + (1 - 0.9) * gradient[k];
      square[k] = 0.999 * square[k] + (1 - 0.999) * gradient[k] ** 2;
      p[k] -= first * mean[k] / (Math.sqrt(square[k] / second) + 1e-8);
    }
  },
};

function trainEpoch() {
  if (shown >= 0) goOnFrom(shown);
  const { rate, decay } = settings, size = settings.batch || inputs.length;
  const kept = 1 - rate * decay; // of the parameters: weight decay apart from the gradient
  let total = 0;
  for (let first = 0; first < inputs.length; first += size) {
    const places = Array.from({ length: Math.min(size, inputs.length - first) }, (_, k) => first + k);
    const loss = share(places);
    total += content.reduction === "mean" && size < inputs.length ? loss * places.length / inputs.length : loss;
    steps += 1;
    if (kept !== 1) for (let k = 0; k < p.length; k += 1) p[k] *= kept;
    MOVES[find("optimizer").value](rate);
  }
  trained.push(total);
  return total;
}

function restart(numbers) {
  p = Float64Array.from(numbers);
  gradient = new Float64Array(p.length);
  moments = atRest();
  steps = 0;
  trained = [];
  shown = -1;
}

function goOnFrom(frame) {
  const isLast = frame === frames.length - 1;
  restart(frame === 0 ? content.start : isLast ? content.now : frames[frame]);
}

// What is shown.

const COLORS = ["#1c7ed6", "#e8590c", "#2f9e44", "#ae3ec9", "#f08c00", "#0c8599", "#c2255c", "#5c940d", "#6741d9", "#495057"];
const plane = find("plane");
const pen = plane.getContext("2d");
const WIDTH = plane.width, HEIGHT = plane.height; // in which it is drawn, with twice as many pixels
plane.width *= 2;
plane.height *= 2;
pen.scale(2, 2);
const coarse = document.createElement("canvas"); // what the model makes of the plane, a pixel for each place
const ink = () => getComputedStyle(document.body).color;

function extent(numbers, pad = 0.08) {
  let low = Infinity, high = -Infinity;
  for (const x of numbers) if (Number.isFinite(x)) { low = Math.min(low, x); high = Math.max(high, x); }
  if (!(high > low)) { low = (Number.isFinite(low) ? low : 0) - 1; high = low + 2; }
  return [low - (high - low) * pad, high + (high - low) * pad];
}

const isChoice = targets[0].length > 1 && Boolean(content.classes); // one of several classes
const jitter = (i, way) => isChoice ? 0.35 * Math.sin(way * (i + 1)) : 0; // so that points of one class do not hide each other

function truth(i) { return isChoice ? targets[i].indexOf(Math.max(...targets[i])) + jitter(i, 12.9898) : targets[i][0]; }

function answer(i) {
  const found = outputs(p, inputs[i]);
  return isChoice ? found.indexOf(Math.max(...found)) + jitter(i, 78.233) : found[0];
}

const horizontal = kind === "predictions" ? extent(targets.map((row, i) => truth(i))) : extent(inputs.map((row) => row[0]), 0.15);
const vertical = kind === "plane" ? extent(inputs.map((row) => row[1]), 0.15) : kind === "predictions" && isChoice ? extent(targets.map((row, i) => truth(i))) : extent(targets.flat(), 0.25);
const LEFT = 40, BOTTOM = 24;
const toX = (x) => LEFT + (x - horizontal[0]) / (horizontal[1] - horizontal[0]) * (WIDTH - LEFT - 6);
const toY = (y) => 6 + (vertical[1] - y) / (vertical[1] - vertical[0]) * (HEIGHT - BOTTOM - 6);
const fromX = (x) => horizontal[0] + (x - LEFT) / (WIDTH - LEFT - 6) * (horizontal[1] - horizontal[0]);
const fromY = (y) => vertical[1] - (y - 6) / (HEIGHT - BOTTOM - 6) * (vertical[1] - vertical[0]);

const levels = [...new Set(targets.flat())].sort((x, y) => x - y);
const middle = content.loss === "hinge" ? 0 : content.loss === "binary_cross_entropy" ? 0 : (levels[0] + levels[levels.length - 1]) / 2;

function classOf(row) { return row.length > 1 ? row.indexOf(Math.max(...row)) : levels.indexOf(row[0]); }

function decide(found) { // the class that the model's outputs mean
  return found.length > 1 ? found.indexOf(Math.max(...found)) : Number(found[0] > middle);
}

function drawAxes() {
  pen.font = "11px Helvetica, Arial, sans-serif";
  pen.fillStyle = ink();
  pen.globalAlpha = 0.7;
  pen.textAlign = "center";
  for (const [x, text] of labelled(ticks(...horizontal))) pen.fillText(text, toX(x), HEIGHT - 6);
  pen.textAlign = "right";
  for (const [y, text] of labelled(ticks(...vertical))) pen.fillText(text, LEFT - 4, toY(y) + 4);
  if (kind === "predictions") {
    pen.fillText("true", WIDTH - 8, HEIGHT - BOTTOM - 6);
    pen.textAlign = "left";
    pen.fillText("predicted", LEFT + 4, 16);
  }
  pen.globalAlpha = 1;
}

const CHANNELS = COLORS.map((color) => [1, 3, 5].map((k) => parseInt(color.slice(k, k + 2), 16)));

function shade(found) { // the colour of a place, and how strong it is
  if (found.length > 1) return [decide(found), 0.26];
  if (content.classes) return [decide(found), 0.12 + 0.28 * Math.abs(Math.tanh(found[0] - middle))];
  const way = (found[0] - levels[0]) / (levels[levels.length - 1] - levels[0] || 1);
  return [way > 0.5 ? 1 : 0, Math.min(0.6, Math.abs(way - 0.5))];
}

function drawPlane() {
  const across = WIDTH - 6 - LEFT, down = HEIGHT - BOTTOM - 6, size = 6;
  coarse.width = Math.ceil(across / size);
  coarse.height = Math.ceil(down / size);
  const brush = coarse.getContext("2d"), image = brush.createImageData(coarse.width, coarse.height);
  for (let k = 0; k < coarse.width * coarse.height; k += 1) {
    const left = k % coarse.width, top = Math.floor(k / coarse.width);
    const x = fromX(LEFT + (left + 0.5) * across / coarse.width), y = fromY(6 + (top + 0.5) * down / coarse.height);
    const [color, strength] = shade(outputs(p, [x, y]));
    image.data.set([...CHANNELS[color % CHANNELS.length], 255 * strength || 0], 4 * k);
  }
  brush.putImageData(image, 0, 0);
  pen.drawImage(coarse, LEFT, 6, across, down); // smoothed
}

function drawCurve() {
  const columns = outputs(p, [0]).length;
  for (let k = 0; k < columns; k += 1) {
    pen.beginPath();
    for (let left = LEFT; left <= WIDTH - 6; left += 2) pen.lineTo(left, toY(outputs(p, [fromX(left)])[k]));
    pen.strokeStyle = COLORS[k % COLORS.length];
    pen.lineWidth = 2;
    pen.stroke();
  }
}

function position(i) { // where a point stands, in the units of both axes
  if (kind === "predictions") return [truth(i), answer(i)];
  return [inputs[i][0], kind === "plane" ? inputs[i][1] : targets[i][0]];
}

function drawPoints() {
  inputs.forEach((row, i) => {
    const [x, y] = [toX(position(i)[0]), toY(position(i)[1])];
    const which = classOf(targets[i]);
    pen.beginPath();
    if (content.classes && which % 2 === 1) pen.rect(x - 4, y - 4, 8, 8); // told apart without colours, too
    else pen.arc(x, y, 4.5, 0, 7);
    pen.fillStyle = content.classes ? COLORS[which % COLORS.length] : COLORS[0];
    pen.fill();
    pen.strokeStyle = i === chosen ? ink() : "white";
    pen.lineWidth = i === chosen ? 3 : 1;
    pen.stroke();
  });
}

function drawData() {
  pen.clearRect(0, 0, WIDTH, HEIGHT);
  pen.save();
  pen.beginPath();
  pen.rect(LEFT, 6, WIDTH - LEFT - 6, HEIGHT - BOTTOM - 6);
  pen.clip();
  if (kind === "plane") drawPlane();
  if (kind === "curve") drawCurve();
  if (kind === "predictions") {
    pen.beginPath();
    pen.moveTo(toX(horizontal[0]), toY(horizontal[0]));
    pen.lineTo(toX(horizontal[1]), toY(horizontal[1]));
    pen.strokeStyle = ink();
    pen.globalAlpha = 0.4;
    pen.stroke();
    pen.globalAlpha = 1;
  }
  drawPoints();
  pen.restore();
  drawAxes();
}

const curve = find("curve");

function powers(low, high) { // the logarithms of round numbers: of powers of ten, or where these are too few, of others too
  const factors = high - low > 2 ? [1] : high - low > 1 ? [1, 3] : [1, 2, 5];
  const every = Math.max(1, Math.ceil((high - low) / 6));
  const found = [];
  for (let k = Math.floor(low); k <= high; k += 1) if (k % every === 0) for (const factor of factors) found.push(k + Math.log10(factor));
  return found.filter((y) => y >= low && y <= high);
}

function drawLosses() {
  curve.replaceChildren();
  const all = [...content.losses, ...trained].filter((loss) => loss !== null && Number.isFinite(loss));
  if (!all.length) return;
  const isLog = Math.min(...all) > 0 && Math.max(...all) / Math.min(...all) > 20;
  const scale = isLog ? Math.log10 : (x) => x;
  const [low, high] = extent(all.map(scale), 0.06);
  const last = Math.max(content.losses.length, trained.length, 2) - 1;
  const across = (k) => 52 + k / last * 356, down = (y) => 8 + (high - scale(y)) / (high - low) * 196;
  for (const [loss, text] of labelled(isLog ? powers(low, high).map((y) => 10 ** y) : ticks(low, high))) {
    const y = scale(loss);
    const line = 8 + (high - y) / (high - low) * 196;
    make("line", { x1: 52, x2: 408, y1: line, y2: line }, curve);
    make("text", { x: 48, y: line + 4, "text-anchor": "end" }, curve).textContent = text;
  }
  for (const k of ticks(0, last)) {
    if (k === Math.round(k)) make("text", { x: across(k), y: 220, "text-anchor": "middle" }, curve).textContent = show(k);
  }
  make("text", { x: 230, y: 236, "text-anchor": "middle" }, curve).textContent = "epoch";
  for (const [name, losses] of [["recorded", content.losses], ["trained", trained]]) {
    const every = Math.max(1, Math.floor(losses.length / 1000));
    let path = "", isDown = false;
    losses.forEach((loss, k) => {
      if (k % every && k !== losses.length - 1) return;
      const isThere = loss !== null && Number.isFinite(loss) && (!isLog || loss > 0);
      if (isThere) path += `${isDown ? "L" : "M"}${across(k).toFixed(1)} ${down(loss).toFixed(1)}`;
      isDown = isThere;
    });
    if (path) make("path", { class: name, d: path }, curve);
  }
  const [losses, k] = shown >= 0 ? [content.losses, Math.min(content.epochs[shown], content.losses.length - 1)] : [trained, trained.length - 1];
  if (k >= 0 && Number.isFinite(losses[k]) && losses[k] !== null) make("circle", { cx: across(k), cy: down(losses[k]), r: 5 }, curve);
}

const net = find("net");
const MOST = 16;
let drawn = null; // the elements of the network, made once

function places(size) { return size <= MOST ? [...Array(size).keys()] : [...Array(MOST - 1).keys(), size - 1]; }

function tellOnHover(element, say) {
  const title = make("title", {}, element);
  element.addEventListener("pointerenter", () => { title.textContent = say(); });
}

function makeNetwork() {
  const columns = content.columns;
  find("network").hidden = !columns.length;
  if (!columns.length) return;
  const rows = columns.map((column) => places(column.size));
  const height = Math.max(...rows.map((row) => row.length)) * 30 + 40, across = 760 / Math.max(columns.length - 1, 1);
  net.setAttribute("viewBox", `0 0 880 ${height}`);
  const spot = (i, k) => [40 + i * across, 30 + (k + 0.5) * (height - 40) / rows[i].length];
  drawn = { weights: [], circles: [], texts: [] };
  let first = 0;
  columns.forEach((column, i) => {
    if (!i) return;
    rows[i].forEach((j, row) => rows[i - 1].forEach((from, before) => {
      const [x1, y1] = spot(i - 1, before), [x2, y2] = spot(i, row);
      const line = make("line", { x1, y1, x2, y2, class: "weight" }, net);
      const place = column.weights[j][from];
      tellOnHover(line, () => `weight ${show(p[place])}`);
      drawn.weights.push({ line, place });
    }));
  });
  columns.forEach((column, i) => {
    const [x] = spot(i, 0);
    make("text", { x, y: 12 }, net).textContent = i ? column.activation : "inputs";
    if (column.size > MOST) make("text", { x, y: 24 }, net).textContent = `${MOST} of ${column.size} shown`;
    rows[i].forEach((j, row) => {
      const [cx, cy] = spot(i, row);
      const circle = make("circle", { cx, cy, r: 11 }, net);
      const place = first + j;
      tellOnHover(circle, () => `activation ${show(neurons(p, inputs[chosen])[place])}`);
      drawn.circles.push({ circle, place, text: make("text", { x: cx + 15, y: cy + 4, class: "figure" }, net) });
    });
    first += column.size;
  });
}

function drawNetwork() {
  if (!drawn || !inputs.length) return;
  const found = neurons(p, inputs[chosen]);
  const largest = Math.max(...drawn.weights.map(({ place }) => Math.abs(p[place])), 1e-300);
  for (const each of drawn.weights) {
    const strength = Math.round(100 * Math.min(Math.abs(p[each.place]) / largest, 1)) / 100, isNegative = p[each.place] < 0;
    if (each.strength === strength && each.isNegative === isNegative) continue;
    Object.assign(each, { strength, isNegative });
    each.line.setAttribute("class", `weight ${isNegative ? "negative" : "positive"}`);
    each.line.setAttribute("stroke-width", (0.3 + 3.2 * strength).toFixed(2));
    each.line.setAttribute("stroke-opacity", (0.15 + 0.85 * strength).toFixed(2));
  }
  for (const each of drawn.circles) {
    const value = found[each.place];
    if (Object.is(each.value, value)) continue;
    each.value = value;
    const share = Math.round(100 * Math.abs(Math.tanh(value))) || 0;
    each.circle.style.fill = `color-mix(in srgb, ${value < 0 ? "#e8590c" : "#1c7ed6"} ${share}%, var(--paper))`; // no line shows through
    each.text.textContent = show(value, 3);
  }
}

function say() {
  const recorded = shown >= 0;
  const epoch = recorded ? content.epochs[shown] : trained.length;
  const loss = recorded ? content.losses[Math.min(epoch, content.losses.length - 1)] : trained[trained.length - 1];
  const text = loss === undefined || loss === null ? "" : `, loss ${show(loss)}`;
  find("said").textContent = content.refused || `${recorded ? "recorded" : "trained in this page"}: epoch ${epoch}${text}`;
  if (recorded) find("epoch").setAttribute("aria-valuetext", `epoch ${epoch}`);
  find("point").textContent = inputs.length ? `(${[...inputs[chosen]].slice(0, 4).map((x) => show(x, 3)).join(", ")}${width > 4 ? ", …" : ""})` : "";
}

function paint() {
  chosen = Math.min(chosen, inputs.length - 1);
  drawData();
  drawLosses();
  drawNetwork();
  say();
}

// What can be done.

let isRunning = false;

function pause() {
  isRunning = false;
  find("run").textContent = "▶ train";
}

function run() {
  if (isRunning) { pause(); return; }
  if (content.refused || !inputs.length) return;
  isRunning = true;
  find("run").textContent = "❚❚ pause";
  function go() {
    if (!isRunning) return;
    const until = performance.now() + 5; // which leaves time to show it, sixty times a second
    do trainEpoch(); while (performance.now() < until && trained.length % 1000);
    paint();
    if (!Number.isFinite(trained[trained.length - 1])) { pause(); return; }
    requestAnimationFrame(go);
  }
  requestAnimationFrame(go);
}

const ACTIONS = {
  anew: () => { pause(); restart(content.start); paint(); },
  run,
  step: () => { pause(); if (!content.refused) trainEpoch(); paint(); },
};
for (const [id, act] of Object.entries(ACTIONS)) find(id).addEventListener("click", act);
const KEYS = { " ": "run", ArrowRight: "step", Home: "anew" };
document.addEventListener("keydown", (event) => {
  const isTyping = event.target.closest("input, select") || (event.key === " " && event.target.closest("button"));
  if (!(event.key in KEYS) || isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  ACTIONS[KEYS[event.key]]();
});

function showFrame(frame) {
  pause();
  shown = frame;
  p = Float64Array.from(frame === frames.length - 1 ? content.now : frames[frame]);
  paint();
}

find("replay").hidden = !frames.length;
find("epoch").max = Math.max(frames.length - 1, 0);
find("epoch").value = frames.length - 1;
find("epoch").addEventListener("input", () => showFrame(Number(find("epoch").value)));

const WANTED = { rate: "a number above 0", momentum: "a number from 0 to below 1", decay: "0 or a number above", batch: "a whole number above 0, or nothing for all points" };

function isSound(id) {
  const text = find(id).value, x = Number(text);
  if (id === "batch") return text === "" || (x > 0 && x === Math.round(x));
  if (text.trim() === "" || !Number.isFinite(x)) return false;
  return id === "rate" ? x > 0 : x >= 0 && (id === "decay" || x < 1);
}

function showOptimizer() { find("momentum-label").hidden = find("optimizer").value !== "sgd"; }

find("optimizer").value = content.optimizer;
find("optimizer").addEventListener("change", showOptimizer);
find("rate").value = content.lr;
find("momentum").value = content.momentum;
find("decay").value = content.decay;
find("batch").value = content.batch || "";
for (const id of ["rate", "momentum", "decay", "batch"]) {
  find(id).addEventListener("change", () => {
    find(id).setAttribute("aria-invalid", String(!isSound(id)));
    if (isSound(id)) settings[id] = Number(find(id).value);
    else find("said").textContent = `${id} stays ${settings[id]}: it must be ${WANTED[id]}`;
  });
}
showOptimizer();

// Points are moved by dragging, added by a click on empty ground, and taken away by a double click; or by keys.

const isFixed = kind === "predictions"; // points with many inputs cannot be placed by hand
let held = -1;

function near(event) {
  const box = plane.getBoundingClientRect();
  const x = (event.clientX - box.left) / box.width * WIDTH, y = (event.clientY - box.top) / box.height * HEIGHT;
  let best = -1, least = 12;
  inputs.forEach((row, i) => {
    const [across, down] = position(i), distance = Math.hypot(toX(across) - x, toY(down) - y);
    if (distance < least) { least = distance; best = i; }
  });
  return { x: fromX(x), y: fromY(y), best };
}

function addPoint(x, y, isOther) { // of the class of the chosen one, or of the next
  const classes = [...new Map(targets.map((row) => [classOf(row), row]))].sort(([one], [other]) => one - other);
  const place = classes.findIndex(([each]) => each === classOf(targets[chosen])) + Number(isOther);
  inputs.push(kind === "plane" ? Float64Array.of(x, y) : Float64Array.of(x));
  targets.push(kind === "plane" ? [...classes[place % classes.length][1]] : [y]);
  chosen = inputs.length - 1;
}

function movePoint(i, x, y) {
  inputs[i][0] = x;
  if (kind === "plane") inputs[i][1] = y;
  else targets[i][0] = y;
}

function removePoint(i) {
  if (inputs.length < 2) return;
  inputs.splice(i, 1);
  targets.splice(i, 1);
}

plane.addEventListener("pointerdown", (event) => {
  const { x, y, best } = near(event);
  if (best >= 0) chosen = best;
  else if (!isFixed) addPoint(x, y, event.shiftKey);
  held = best;
  plane.setPointerCapture(event.pointerId);
  paint();
});
plane.addEventListener("pointermove", (event) => {
  if (held < 0 || isFixed || !(event.buttons & 1)) return;
  const { x, y } = near(event);
  movePoint(held, x, y);
  paint();
});
plane.addEventListener("pointerup", () => { held = -1; });
plane.addEventListener("dblclick", (event) => {
  const { best } = near(event);
  if (best >= 0 && !isFixed) removePoint(best);
  paint();
});

const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
plane.addEventListener("keydown", (event) => {
  const [x, y] = position(chosen), count = inputs.length, arrow = ARROWS[event.key];
  if (event.shiftKey && arrow && !isFixed) {
    movePoint(chosen, x + arrow[0] * (horizontal[1] - horizontal[0]) / 100, y + arrow[1] * (vertical[1] - vertical[0]) / 100);
  } else if (event.key === "ArrowUp" || event.key === "ArrowDown") chosen = (chosen - arrow[1] + count) % count;
  else if (event.key === "Enter" && !isFixed) addPoint(x, y, event.shiftKey);
  else if (event.key === "Delete" && !isFixed) removePoint(chosen);
  else return;
  event.preventDefault();
  event.stopPropagation();
  paint();
});

find("data-title").textContent = { curve: "Points and curve", plane: "Points, and what the model makes of the plane", predictions: "Predicted against true" }[kind];
find("hint").textContent = isFixed ? "Click a point to see it in the network; or choose it by ↑ and ↓."
  : `Drag points; click to add one${kind === "plane" ? " of the chosen one's class (with shift of another)" : ""}, double-click to take one away. `
    + "Keys: ↑ ↓ choose, with shift arrows move, Enter adds, Delete takes away.";
find("loss-name").textContent = content.loss;
for (const id of ["run", "step"]) find(id).disabled = Boolean(content.refused);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", paint); // the canvas does not follow by itself
makeNetwork();
if (frames.length) showFrame(frames.length - 1);
else {
  p = Float64Array.from(content.now);
  paint();
}
