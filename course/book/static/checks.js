// The checks of a chapter: each reads its data from the page, judges an answer and says what to say.
// Numbers are read as coursekit/quantity.py reads them, and judged as coursekit/quiz.py does; a test
// compares both. The sentences are HTML, as the texts of a check are. Nothing is sent or stored. A page
// in another language brings the words in WORDS.
"use strict";

const WORDS = globalThis.checkWords || {};

function say(text) {
  return WORDS[text] || text;
}

function filled(text, values) {
  return text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
}

const KINDS = {
  time: { ns: 1e-9, us: 1e-6, ms: 1e-3, s: 1, min: 60, h: 3600, d: 86400 },
  size: { B: 1, kB: 1e3, MB: 1e6, GB: 1e9, TB: 1e12, KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30 },
  energy: { nJ: 1e-9, uJ: 1e-6, mJ: 1e-3, J: 1, kJ: 1e3, Wh: 3600, kWh: 3.6e6 },
  power: { uW: 1e-6, mW: 1e-3, W: 1, kW: 1e3 },
  share: { "": 1, "%": 0.01 },
};
const NUMBER =
  /^([-+]?)(\d[\d.,' ]*|[.,]\d+)(?:(?:[eE]|\s*[x*]\s*10\s*\^?\s*)([-+]?\d+)(?!\d))?\s*(.*)$/;
const LOOKALIKES = { "\u2212": "-", "\u2013": "-", "×": "x", "·": "*", "µ": "u", "μ": "u",
  "\u00a0": " ", "\u202f": " " };

function decimal(digits) {
  const body = digits.replace(/(?<=\d)[' ](?=\d{3}(?!\d))/g, "");
  const plain = /^(\d+|\d*\.\d+|\d+\.)$/.test(body);
  if (plain && !/^[1-9]\d{0,2}\.\d{3}\.$/.test(body)) return body;
  if (/^[1-9]\d{0,2}(,\d{3})+(\.\d*)?$/.test(body)) return body.replaceAll(",", "");
  if (/^[1-9]\d{0,2}(\.\d{3})+,\d*$/.test(body) || /^[1-9]\d{0,2}(\.\d{3}){2,}$/.test(body))
    return body.replaceAll(".", "").replace(",", ".");
  if (/^\d*,\d+$/.test(body)) return body.replace(",", ".");
  return null;
}

function plainSigns(text) {
  return text.replace(/[\u2212\u2013×·µμ\u00a0\u202f]/g, (c) => LOOKALIKES[c]);
}

function readQuantity(text) {
  const plain = plainSigns(text).trim();
  const match = NUMBER.exec(plain);
  const digits = match && decimal(match[2].trim());
  if (!digits)
    throw new Error(filled(say("A number was needed, such as 12.5 or 3e4, but '{text}' came."), { text }));
  return { value: Number(`${match[1]}${digits}e${match[3] || 0}`), unit: match[4].trim() };
}

function converted(quantity, asUnit) {
  const unit = plainSigns(asUnit);
  if (quantity.unit === "" || quantity.unit === unit) return quantity.value;
  const units = Object.values(KINDS).find((kind) => Object.hasOwn(kind, unit));
  if (!units || !Object.hasOwn(units, quantity.unit)) {
    const asked = unit
      ? say("The answer is asked for in {unit}, but '{came}' came.")
      : say("The answer is asked for without a unit, but '{came}' came.");
    throw new Error(filled(asked, { unit, came: quantity.unit }));
  }
  return (quantity.value * units[quantity.unit]) / units[unit];
}

function near(value, target, within) {
  const room = target === 0 ? 1e-12 : (within + 1e-12) * Math.abs(target);
  return Math.abs(value - target) <= room;
}

function escaped(text) {
  return text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
}

const SPELLINGS = {
  s: ["sec", "secs", "second", "seconds", "秒", "초"],
  min: ["minute", "minutes", "分", "分钟", "분"],
  h: ["hr", "hour", "hours", "小时", "時間", "시간"],
  d: ["day", "days", "天", "日", "일"],
  B: ["byte", "bytes"],
  J: ["joule", "joules"],
  W: ["watt", "watts"],
  "%": ["percent"],
};
const ONE_MARK = /^[-+]?[1-9]\d{0,2}([.,])\d{3}(?=\s*(?:[^\d\s.,eEx×*]|$))/;

function signed(typed, unit) {
  if (typed.unit === unit) return typed;
  const spelled = typed.unit.toLowerCase();
  const found = Object.keys(SPELLINGS).find((sign) => SPELLINGS[sign].includes(spelled));
  return { value: typed.value, unit: found || typed.unit };
}

function misread(check, text, typed, value) {
  const match = ONE_MARK.exec(text.trim());
  const factor = match && (match[1] === "." ? 1000 : 0.001);
  if (!match || !near(value * factor, check.value, check.within)) return null;
  const short = (number) => Number(number.toPrecision(6));
  return filled(say("'{number}' is read as {value}. If you mean {meant}, type {meant}."),
    { number: match[0], value: short(typed.value), meant: short(typed.value * factor) });
}

function judgeNumber(check, text) {
  if (!text.trim()) return { right: false, say: [say("Type a number first.")] };
  let typed, value;
  try {
    typed = signed(readQuantity(text), check.unit);
    value = converted(typed, check.unit);
  } catch (error) {
    return { right: false, say: [escaped(error.message)] };
  }
  if (near(value, check.value, check.within)) return { right: true, say: [check.why] };
  const otherwise = misread(check, text, typed, value);
  if (otherwise) return { right: false, say: [otherwise] };
  for (const trap of check.traps)
    if (near(value, trap.value, check.within)) return { right: false, say: [trap.say] };
  const size = value > check.value ? say("{value} is too large.") : say("{value} is too small.");
  const said = [filled(size, { value: Number(value.toPrecision(4)) })];
  if (check.unit === "%" && typed.unit === "" && value > 0 && value < 1)
    said.push(filled(say("Do you mean {value} %?"), { value: Number((100 * value).toPrecision(4)) }));
  return { right: false, say: said };
}

function named(sentence, choice) {
  return [filled(sentence, { text: choice.text.replace(/[.。]+$/, "") }), choice.say];
}

function counted(missing) {
  if (missing === 1) return [say("One right choice is missing.")];
  return missing ? [filled(say("{count} right choices are missing."), { count: missing })] : [];
}

function judgeChoices(check, chosen, tries) {
  const wrong = check.choices.filter((choice, i) => !choice.right && chosen.includes(i));
  const missing = check.choices.filter((choice, i) => choice.right && !chosen.includes(i));
  if (!wrong.length && !missing.length) return { right: true, say: [check.why] };
  const notRight = wrong.flatMap((choice) => named(say("'{text}' is not right."), choice));
  const leftOut = missing.flatMap((choice) => named(say("You left out '{text}'."), choice));
  return { right: false, say: [...notRight, ...(tries ? leftOut : counted(missing.length))] };
}

function judgePrediction(check, chosen) {
  const choice = check.choices[chosen[0]];
  if (choice.right) return { right: true, say: [check.why] };
  const right = check.choices.find((other) => other.right);
  const [told] = named(say("The right one is '{text}'."), right);
  return { right: false, say: [choice.say, told, check.why] };
}

function judgeOrder(check, order) {
  const places = check.choices.map((choice) => choice.place).sort((a, b) => a - b);
  for (let where = 0; where < order.length; where++) {
    const choice = check.choices[order[where]];
    if (choice.place !== places[where])
      return { right: false,
        say: [filled(say("'{text}' does not belong in place {place}."),
          { text: choice.text, place: where + 1 }), choice.say] };
  }
  return { right: true, say: [check.why] };
}

const JUDGES = {
  number: judgeNumber, choose: judgeChoices, predict: judgePrediction, order: judgeOrder,
};

function judge(check, answer, tries = 0) {
  return JUDGES[check.kind](check, answer, tries);
}

function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

function html(name, text, attributes = {}) {
  const made = element(name, attributes);
  made.innerHTML = text;
  return made;
}

const FIELDS = {
  number(check, name) {
    const input = element("input", { type: "text", inputmode: "text", autocomplete: "off",
      "aria-label": check.unit ? filled(say("Your answer in {unit}"), check) : say("Your answer") });
    const unit = element("span", {}, check.unit);
    return [element("p", { class: "check-number" }, input, unit), () => input.value];
  },
  options(check, name, type) {
    const boxes = check.choices.map((_, i) => element("input", { type, name, value: i }));
    const labels = check.choices.map((choice, i) =>
      element("label", {}, boxes[i], html("span", choice.text)));
    const group = element("div", { class: "check-choices", role: type === "radio" ? "radiogroup" : "group",
      "aria-label": say("Choices") }, ...labels);
    return [group, () => boxes.flatMap((box, i) => (box.checked ? [i] : []))];
  },
  choose: (check, name) => FIELDS.options(check, name, "checkbox"),
  predict: (check, name) => FIELDS.options(check, name, "radio"),
  order(check) {
    const list = element("ol", { class: "check-order" });
    check.choices.forEach((choice, i) => {
      const name = html("i", choice.text).textContent;
      const up = element("button", { type: "button", "aria-label": filled(say("Move up: {name}"), { name }) }, "↑");
      const down = element("button", { type: "button", "aria-label": filled(say("Move down: {name}"), { name }) }, "↓");
      const item = element("li", { "data-place": i }, html("span", choice.text), up, down);
      up.onclick = () => { item.previousElementSibling?.before(item); up.focus(); };
      down.onclick = () => { item.nextElementSibling?.after(item); down.focus(); };
      list.append(item);
    });
    return [list, () => [...list.children].map((item) => Number(item.dataset.place))];
  },
};

const NOT = { predict: say("It comes out differently.") };

function draw(block, variants, number) {
  const check = variants[number % variants.length];
  const [field, answer] = FIELDS[check.kind](check, `${check.id}-${number}`);
  const said = element("p", { class: "check-said", role: "status" });
  const send = element("button", { type: "submit" }, check.kind === "predict" ? say("Reveal") : say("Check"));
  const buttons = element("p", { class: "check-buttons" }, send);
  if (variants.length > 1) {
    const again = element("button", { type: "button" }, say("Other numbers"));
    again.onclick = () => { draw(block, variants, number + 1); block.querySelector("input, button").focus(); };
    buttons.append(again);
  }
  let tries = 0;
  const form = element("form", {}, html("div", check.ask, { class: "check-ask" }), field, buttons, said);
  form.onsubmit = (event) => {
    event.preventDefault();
    const given = answer();
    if (!String(given).trim()) {
      said.className = "check-said";
      said.textContent = check.kind === "number" ? say("Type a number first.") : say("Choose one first.");
      return;
    }
    const { right, say: told } = judge(check, given, tries);
    tries += right ? 0 : 1;
    said.className = `check-said ${right ? "right" : "wrong"}`;
    said.innerHTML = `<strong>${right ? say("Right.") : NOT[check.kind] || say("Not yet.")}</strong> ${told.join(" ")}`;
    if (check.kind === "predict") field.querySelectorAll("input").forEach((box) => { box.disabled = true; });
  };
  block.querySelector(".check-body").replaceChildren(form);
}

function drawOrShow(block) {
  try {
    draw(block, JSON.parse(block.dataset.check), 0);
  } catch (error) {  // the next check is drawn all the same, and this one can be read
    console.error(error);
    block.querySelector(".check-body").innerHTML = block.querySelector("noscript").textContent;
  }
}

if (typeof document !== "undefined")
  document.addEventListener("DOMContentLoaded", () =>
    document.querySelectorAll(".check[data-check]").forEach(drawOrShow));
if (typeof module !== "undefined") module.exports = { readQuantity, converted, judge };
