// Elements are made without markup: what a board prints is text here, whatever it contains.

let counted = 0;
const fresh = (word) => `board-${word}-${(counted += 1)}`;

// A key pressed on one of these is for it alone: JupyterLab would take Enter and single letters as
// commands of its own ("m" turns the cell into text, and the panel is gone).
const TAKES_KEYS = ["button", "input", "select", "pre"];

function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(name, value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value != null) element.setAttribute(name, value);
  }
  if (TAKES_KEYS.includes(tag)) element.dataset.lmSuppressShortcuts = "true";
  element.append(...children);
  return element;
}

function section(title, ...children) {
  const id = fresh("title");
  const heading = make("h4", { id }, title);
  return make("section", { "aria-labelledby": id }, heading, ...children);
}

function button(words, click, more = {}) {
  return make("button", { type: "button", click, ...more }, words);
}

// A number field; read() is what was typed, null for nothing: the kernel says what it may be.
function numberField(words, value, low, high, step = 1) {
  const input = make("input", { type: "number", value, min: low, max: high, step });
  const read = () => (input.value === "" ? null : Number(input.value));
  return { element: make("label", { class: "field" }, words, input), read };
}

function row(...children) {
  return make("div", { class: "line" }, ...children);
}

const bytesOf = (view) =>
  view instanceof ArrayBuffer
    ? new Uint8Array(view.slice(0))
    : new Uint8Array(view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength));
