// What all pages share: elements, numbers as Python writes them, and axes.

const find = (id) => document.getElementById(id);
const content = JSON.parse(find("content").textContent);
const SVG = "http://www.w3.org/2000/svg";

function unpack(x) { // what JSON has no number for comes as text
  return typeof x === "string" ? { inf: Infinity, "-inf": -Infinity, nan: NaN }[x] : x;
}

function repr(x) {
  if (Number.isNaN(x)) return "nan";
  if (!Number.isFinite(x)) return x > 0 ? "inf" : "-inf";
  if (x === 0) return Object.is(x, -0) ? "-0.0" : "0";
  const [mantissa, power] = x.toExponential().split("e").map((part) => part);
  if (Math.abs(Number(power)) < 21 && Number(power) >= -4 && Number(power) < 16) {
    return Number(power) >= -6 ? String(x) : x.toFixed(20);
  }
  return `${mantissa}e${power[0]}${power.slice(1).padStart(2, "0")}`;
}

function show(x, digits = 6) { // no digit is wrong: what is rounded in front of the point is written with its power of ten
  if (!Number.isFinite(x) || x === 0) return repr(x);
  const rounded = Number(x.toPrecision(digits));
  if (rounded !== x && Math.abs(rounded) >= 10 ** digits) {
    const [mantissa, power] = x.toExponential(digits - 1).split("e");
    return `${mantissa.replace(/\.?0+$/, "")}e${power[0]}${power.slice(1).padStart(2, "0")}`;
  }
  return repr(rounded);
}

function brief(x, digits) { // as it fits beside an axis
  const text = show(x, digits);
  return text.length > digits + 3 ? Number(x.toPrecision(digits)).toExponential().replace("e+", "e") : text;
}

function labelled(numbers) { // each with its text, in as many digits as tell them apart
  const distinct = (digits) => new Set(numbers.map((x) => x.toPrecision(digits))).size === numbers.length;
  const digits = [3, 4, 5, 6].find(distinct) || 6;
  return numbers.map((x) => [x, brief(x, digits)]);
}

function make(tag, attributes, parent) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  if (parent) parent.append(element);
  return element;
}

function ticks(low, high) {
  const rough = (high - low) / 6, power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((each) => each >= rough);
  const found = [];
  for (let k = Math.ceil(low / step); k * step <= high; k += 1) found.push(Number((k * step).toPrecision(12)));
  return found;
}
