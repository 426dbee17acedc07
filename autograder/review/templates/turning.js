// Keys, and how one page follows another. The scripts of a review are served as one, in the order of
// routes.SCRIPTS. A page that follows takes the place of the one before without a new document: a
// browser drops keys while a document loads, and here none is lost.
"use strict";

const at = (id) => document.getElementById(id);
const base = document.body.dataset.base;
const token = document.querySelector("meta[name=review-token]").content;
const LOST =
  "Not saved: autograder review does not answer. Your last change is still on this page; what was saved before is in the database. Start the command again and open its new address.";
const KEYS_OFF = "review-single-keys-off";

let main; // of the page that is shown
let actions; // what its keys do
let beforeLeaving; // resolves to false where the page has to stay
let ended; // its signal fires when another page takes its place

async function send(path, body) {
  try {
    const answer = await fetch(base + path, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-Review-Token": token },
      body: JSON.stringify(body),
    });
    return { status: answer.status, ...(await answer.json()) };
  } catch {
    return { status: 0, sentence: LOST };
  }
}

function say(text, kind = "") {
  if (!at("saved")) return;
  at("saved").textContent = text;
  at("saved").dataset.kind = kind;
}

// Keys. Those pressed while a page is on its way are for that page.

let turning = false;
let pressed = [];

function isTyping(element) {
  return element.matches("textarea, input:not([type=checkbox]), select");
}

function isKept(event) {
  const isAction = event.key.length === 1 || /^(Enter|Escape|Arrow.*)$/.test(event.key);
  return isAction && (!event.ctrlKey || event.key === "Enter");
}

document.addEventListener("keydown", (event) => {
  if (event.isComposing || event.altKey || event.metaKey) return;
  if (turning) {
    if (!isKept(event)) return;
    event.preventDefault();
    pressed.push({ key: event.key, ctrlKey: event.ctrlKey });
    return;
  }
  if (document.querySelector("dialog[open]")) return;
  const typing = isTyping(event.target);
  if (event.ctrlKey) {
    if (event.key === "Enter" && typing && actions.Enter) run(event, actions.Enter);
    return;
  }
  if (typing) {
    if (event.key === "Escape") {
      event.preventDefault();
      actions.leaveField?.(event.target);
      event.target.blur();
    }
    if (event.key === "Enter" && event.target.matches("input")) run(event, actions.Enter);
    return;
  }
  if (event.key === "Enter" && event.target.closest("button, a, summary")) return;
  if (!at("single-keys").checked && event.key.length === 1 && event.key !== "?") return;
  const action = /^[1-9]$/.test(event.key) ? actions.digit : actions[event.key];
  if (action) run(event, action);
});

function run(event, action) {
  event.preventDefault();
  event.stopPropagation(); // a key of a dialog that closes is no key of the page below it
  action?.(event.key);
}

function openDialog(dialog) {
  if (!dialog.open) dialog.showModal();
}

function onDialogKeys(dialog, its) {
  dialog.addEventListener("keydown", (event) => {
    if (event.altKey || event.metaKey || event.ctrlKey || isTyping(event.target)) return;
    const action = /^[1-9]$/.test(event.key) ? its.digit : its[event.key];
    if (action) run(event, action);
  });
}

function replay({ key, ctrlKey }) {
  const target = document.activeElement ?? document.body;
  const event = new KeyboardEvent("keydown", { key, ctrlKey, bubbles: true, cancelable: true });
  if (!target.dispatchEvent(event) || turning) return;
  if (key === "Enter" && target.matches("button, a")) return target.click();
  if (key.length > 1 || ctrlKey || !isTyping(target)) return;
  target.setRangeText(key, target.selectionStart, target.selectionEnd, "end");
  target.dispatchEvent(new Event("input", { bubbles: true }));
}

// A turn: `action` resolves to the address of the page that follows, or to nothing where the page
// stays. Then the keys that came meanwhile were meant for another page: they do nothing, and it is
// said.

async function turn(action) {
  if (turning) return;
  turning = true;
  document.body.toggleAttribute("data-turning", true);
  let moved = false;
  try {
    const address = await action();
    moved = Boolean(address) && (await show(address));
  } finally {
    turning = false;
    document.body.removeAttribute("data-turning");
  }
  const keys = pressed;
  pressed = [];
  if (!moved && keys.length && at("saved")) {
    at("saved").textContent += " What you pressed after that was left out.";
  }
  while (moved && keys.length && !turning) replay(keys.shift());
  pressed = [...keys, ...pressed].filter(() => turning);
}

async function show(address) {
  let response;
  let text;
  try {
    response = await fetch(address);
    text = await response.text();
  } catch {
    say("autograder review does not answer. Start the command again and open its new address.", "fault");
    return false;
  }
  if (!response.ok) {
    location.assign(address); // and the browser shows what the server says
    return true;
  }
  const isSame = address === location.href;
  const arrived = new DOMParser().parseFromString(text, "text/html");
  ended.abort();
  document.title = arrived.title;
  document.body.replaceChildren(...arrived.body.childNodes);
  const end = response.url + new URL(address, location.href).hash;
  history[isSame ? "replaceState" : "pushState"](null, "", end);
  if (!isSame) scrollTo(0, 0);
  main = document.querySelector("main");
  main.tabIndex = -1;
  main.focus({ preventScroll: true });
  start();
  return true;
}

const leave = (address) => address && turn(async () => (await beforeLeaving()) && address);

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[href]");
  const isPlain = !(event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey);
  if (!link || !isPlain || link.getAttribute("href").startsWith("#")) return;
  if (!link.href.startsWith(location.origin + base)) return;
  event.preventDefault();
  leave(link.href);
});

let shownPath = location.pathname;
addEventListener("popstate", () => {
  if (location.pathname !== shownPath) leave(location.href);
});

// What was saved on the page before, and how to take it back.

let saved = null; // { said, undo }: for the page that follows
let undo = null; // { ...answer, version, fingerprint, address }: of the page before

function tellSaved() {
  undo = saved?.undo ?? null;
  const words = saved && `${saved.said}${undo ? " u takes it back." : ""}`;
  saved = null;
  if (words) setTimeout(() => say(words), 50); // a region that is new has to be empty to be heard
}

async function takeBack(named, address) {
  const result = await send("/back", named);
  if (result.status === 200) return address;
  say(result.sentence, "fault");
  return "";
}

function takeBackLast() {
  if (!undo) return say("There is no mark here to take back.");
  const { address, ...named } = undo;
  turn(() => takeBack(named, address));
}

const help = () => openDialog(at("help"));

function startShell() {
  const singleKeys = at("single-keys");
  singleKeys.checked = sessionStorage.getItem(KEYS_OFF) === null;
  singleKeys.addEventListener("change", () =>
    singleKeys.checked ? sessionStorage.removeItem(KEYS_OFF) : sessionStorage.setItem(KEYS_OFF, "1"),
  );
  at("help-button").addEventListener("click", help);
}

function startOverview() {
  actions = {
    "?": help,
    u: takeBackLast,
    Enter: () => leave(main.dataset.first),
    digit: (key) => leave(document.querySelector(`[data-question="${key}"]`)?.href),
  };
}

function start() {
  main = document.querySelector("main");
  actions = {};
  beforeLeaving = async () => true;
  ended = new AbortController();
  shownPath = location.pathname;
  startShell();
  const begin = { overview: startOverview, answer: startMarking, list: startList };
  begin[main.dataset.page]();
  tellSaved();
}
