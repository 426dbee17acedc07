// The script of the review pages. What it keeps is on the server before the page says "Saved".
"use strict";

const main = document.querySelector("main");
const base = document.body.dataset.base;
const token = document.querySelector("meta[name=review-token]").content;
const at = (id) => document.getElementById(id);
const LOST =
  "Not saved: autograder review does not answer. Your last change is still on this page; what was saved before is in the database. Start the command again and open its new address.";
const SLOW_MS = 700;

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

// Keys: each page names what its keys do.

const KEYS_OFF = "review-single-keys-off";
const QUESTION_SHUT = "review-question-shut";
const singleKeys = at("single-keys");
singleKeys.checked = sessionStorage.getItem(KEYS_OFF) === null;
singleKeys.addEventListener("change", () =>
  singleKeys.checked ? sessionStorage.removeItem(KEYS_OFF) : sessionStorage.setItem(KEYS_OFF, "1"),
);

function openDialog(dialog) {
  if (!dialog.open) dialog.showModal();
}

function isTyping(element) {
  return element.matches("textarea, input:not([type=checkbox]), select");
}

function onKeys(actions) {
  document.addEventListener("keydown", (event) => {
    if (event.isComposing || event.altKey || event.metaKey) return;
    if (document.querySelector("dialog[open]")) return;
    const typing = isTyping(event.target);
    if (event.ctrlKey) {
      if (event.key === "Enter" && typing && actions.Enter) run(event, actions.Enter);
      return;
    }
    if (typing) {
      if (event.key === "Escape" || (event.key === "Enter" && event.target.matches("input"))) {
        event.preventDefault();
        event.target.blur();
      }
      return;
    }
    if (event.key === "Enter" && event.target.closest("button, a, summary")) return;
    if (!singleKeys.checked && event.key.length === 1 && event.key !== "?") return;
    const action = /^[1-9]$/.test(event.key) ? actions.digit : actions[event.key];
    if (action) run(event, action);
  });
}

function run(event, action) {
  event.preventDefault();
  event.stopPropagation(); // a key of a dialog that closes is no key of the page below it
  action(event.key);
}

function onDialogKeys(dialog, actions) {
  dialog.addEventListener("keydown", (event) => {
    if (event.altKey || event.metaKey || event.ctrlKey || isTyping(event.target)) return;
    const action = /^[1-9]$/.test(event.key) ? actions.digit : actions[event.key];
    if (action) run(event, action);
  });
}

const go = (address) => {
  if (address) location.assign(address);
};
const help = () => openDialog(at("help"));
at("help-button").addEventListener("click", help);

if (main.dataset.page === "overview") {
  onKeys({
    "?": help,
    Enter: () => go(main.dataset.first),
    digit: (key) => go(document.querySelector(`[data-question="${key}"]`)?.href),
  });
}

if (main.dataset.page === "answer") startMarking();

function startMarking() {
  const page = main.dataset;
  const items = at("items");
  const adjustment = at("adjustment");
  const comment = at("comment");
  const question = { notebook: page.notebook, cell: page.cell };
  const answer = { ...question, number: Number(page.number) };
  const boxes = () => [...items.querySelectorAll("input")];
  const outOf = Number(page.outOf);

  // A heading of more than three lines is shown whole to a pointer, and to the keyboard.

  const title = at("title");
  if (title.scrollHeight > title.clientHeight + 1) title.tabIndex = 0;

  // A question that was shut stays shut for the answers that follow.

  const asked = at("asked");
  const shut = `${QUESTION_SHUT} ${page.notebook} ${page.cell}`;
  asked.open = sessionStorage.getItem(shut) === null;
  asked.addEventListener("toggle", () =>
    asked.open ? sessionStorage.removeItem(shut) : sessionStorage.setItem(shut, "1"),
  );

  // The timer counts while the page can be seen.

  let visibleSince = document.hidden ? null : performance.now();
  let counted = 0;
  let sent = 0;
  const seconds = () =>
    counted + (visibleSince === null ? 0 : (performance.now() - visibleSince) / 1000);
  const showTime = () => {
    const whole = Math.floor(seconds());
    at("timer").textContent = `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
  };
  setInterval(showTime, 500);
  document.addEventListener("visibilitychange", () => {
    counted = seconds();
    visibleSince = document.hidden ? null : performance.now();
    if (document.hidden) sendTime();
  });
  addEventListener("pagehide", sendTime);

  function unsentSeconds() {
    const now = seconds();
    const more = now - sent;
    sent = now;
    return Math.max(0, more);
  }

  function sendTime() {
    const more = unsentSeconds();
    if (more < 0.05) return;
    fetch(`${base}/time`, {
      method: "POST",
      keepalive: true,
      headers: { "Content-Type": "application/json", "X-Review-Token": token },
      body: JSON.stringify({ ...answer, seconds: more }),
    }).catch(() => {});
  }

  // Saving: one request after the other, so that none overtakes another.

  let queue = Promise.resolve();
  let waiting = null;
  let unsaved = 0;

  function adjusted() {
    const text = adjustment.value.trim().replace(",", ".").replace("−", "-");
    return text === "" ? 0 : Number(text);
  }

  function say(text, kind = "") {
    at("saved").textContent = text;
    at("saved").dataset.kind = kind;
  }

  function save(done = page.done === "true", replaces = false) {
    clearTimeout(waiting);
    unsaved += 1;
    queue = queue.then(() => saveNow(done, replaces));
    return queue;
  }

  function soon() {
    clearTimeout(waiting);
    unsaved = Math.max(1, unsaved);
    waiting = setTimeout(() => save(), SLOW_MS);
  }

  async function saveNow(done, replaces) {
    if (!Number.isFinite(adjusted())) {
      say(`Not saved: the adjustment has to be a number, and it is “${adjustment.value}”.`, "fault");
      adjustment.focus();
      return false;
    }
    const spent = unsentSeconds();
    const result = await send("/mark", {
      ...answer,
      items: boxes().filter((box) => box.checked).map((box) => box.value),
      adjustment: adjusted(),
      comment: comment.value,
      version: Number(page.version),
      fingerprint: page.fingerprint,
      seconds: spent,
      done,
      replaces,
    });
    if (result.status !== 200) sent -= spent;
    if (result.overtaken) return overtaken(result, done);
    if (result.status !== 200) {
      say(result.sentence, "fault");
      return false;
    }
    unsaved = 0;
    show(result);
    return result;
  }

  function show(result) {
    page.version = result.version;
    page.fingerprint = result.fingerprint;
    page.done = String(result.done);
    at("points").textContent = at("points-again").textContent = result.points;
    at("sentence").textContent = result.sentence;
    at("state").textContent = result.words;
    at("state").dataset.state = result.state;
    at("finished").textContent = result.finished;
    say(result.done ? "Saved" : "Draft saved");
  }

  async function finish() {
    const result = await save(true);
    if (result) go(base + result.next);
  }

  // Somebody else was faster: both marks are shown, and nothing is written before a choice.

  let choice = null;

  function overtaken(result, done) {
    choice = { ...result, done };
    at("overtaken-by").textContent = result.by;
    at("overtaken-theirs").textContent =
      `${result.points}${result.comment ? `, “${result.comment}”` : ""}`;
    const chosen = boxes().filter((box) => box.checked).length;
    const words = [`${chosen} ${chosen === 1 ? "item" : "items"}`, `adjusted by ${adjusted()}`];
    if (comment.value) words.push(`“${comment.value}”`);
    at("overtaken-ours").textContent = words.join(", ");
    say("Not saved yet", "fault");
    openDialog(at("overtaken"));
    return false;
  }

  async function keepTheirs() {
    at("overtaken").close();
    if (choice.adoptable) await keepGradebook(choice.version, choice.fingerprint);
    else reload();
  }

  async function writeMine() {
    at("overtaken").close();
    page.version = choice.version;
    page.fingerprint = choice.fingerprint;
    const result = await save(choice.done, true);
    if (result) at("conflict")?.remove();
  }

  async function keepGradebook(version, fingerprint) {
    const result = await send("/keep", { ...answer, version, fingerprint });
    if (result.status === 200) reload();
    else say(result.sentence, "fault");
  }

  function reload() {
    unsaved = 0;
    location.reload();
  }

  at("overtaken-keep").addEventListener("click", keepTheirs);
  at("overtaken-write").addEventListener("click", writeMine);
  onDialogKeys(at("overtaken"), { digit: (key) => ({ 1: keepTheirs, 2: writeMine })[key]?.() });
  const keepHere = () => at("conflict") && keepGradebook(Number(page.version), page.fingerprint);
  const writeHere = async () => {
    if (at("conflict") && (await save(true, true))) at("conflict").remove();
  };
  at("keep-theirs")?.addEventListener("click", keepHere);
  at("write-ours")?.addEventListener("click", writeHere);

  async function takeBack() {
    if (!at("take-back")) return;
    const named = { ...answer, version: Number(page.version), fingerprint: page.fingerprint };
    const result = await send("/back", named);
    if (result.status === 200) reload();
    else say(result.sentence, "fault");
  }
  at("take-back")?.addEventListener("click", takeBack);

  for (const button of document.querySelectorAll(".take")) {
    button.addEventListener("click", async () => {
      const named = { ...answer, fingerprint: page.fingerprint, marker: button.dataset.marker };
      const result = await send("/take", named);
      if (result.status === 200) reload();
      else say(result.sentence, "fault");
    });
  }

  // The rubric.

  items.addEventListener("change", (event) => {
    event.target.closest("li").classList.toggle("on", event.target.checked);
    save();
  });

  function toggle(key) {
    if (editing) return openItem(items.querySelectorAll("button.edit")[key - 1]);
    boxes()[key - 1]?.click();
  }

  let editing = false;
  let edited = null;

  function editNext() {
    editing = true;
    say("Which item? Press its number, or Esc.");
  }

  function openItem(button) {
    editing = false;
    say("");
    if (button === undefined) return;
    edited = button?.dataset ?? null;
    at("item-title").textContent = edited ? "Change an item" : "Add an item";
    at("item-points").value = edited?.points ?? "";
    at("item-text").value = edited?.text ?? "";
    at("item-remove").hidden = at("item-note").hidden = !edited;
    at("item-fault").textContent = "";
    openDialog(at("item"));
    at("item-points").select(); // and what is typed replaces it
  }

  async function changeRubric(body) {
    await save();
    const checked = boxes().filter((box) => box.checked).map((box) => box.value);
    const result = await send("/rubric", { ...answer, items: checked, ...body });
    if (result.status !== 200) return result;
    items.innerHTML = result.items_html;
    at("start").dataset.full = String(result.from_full);
    at("start").firstChild.textContent = result.from_full ? "begins at full points " : "begins at 0 ";
    show(result);
    if (result.report) say(result.report);
    return result;
  }

  at("item").querySelector("form").addEventListener("submit", async (event) => {
    event.preventDefault();
    const points = Number(at("item-points").value.trim().replace(",", ".").replace("−", "-"));
    const text = at("item-text").value;
    if (at("item-points").value.trim() === "" || !Number.isFinite(points) || !text.trim()) {
      at("item-fault").textContent = "An item needs a number of points and a few words.";
      return;
    }
    const body = { action: edited ? "change" : "add", id: edited?.id ?? "", points, text };
    const result = await changeRubric(body);
    if (result.status === 200) at("item").close();
    else at("item-fault").textContent = result.sentence;
  });
  at("item-remove").addEventListener("click", async () => {
    const result = await changeRubric({ action: "remove", id: edited.id });
    if (result.status === 200) at("item").close();
    else at("item-fault").textContent = result.sentence;
  });
  at("item-cancel").addEventListener("click", () => at("item").close());
  items.addEventListener("click", (event) => {
    const button = event.target.closest("button.edit");
    if (button) openItem(button);
  });
  at("add").addEventListener("click", () => openItem(null));
  const changeStart = async () => {
    const result = await changeRubric({
      action: "start",
      from_full: at("start").dataset.full !== "true",
    });
    if (result.status !== 200) say(result.sentence, "fault");
  };
  at("start").addEventListener("click", changeStart);

  // Points beside the rubric.

  const short = (value) => String(Math.round(value * 1000) / 1000);
  const step = (sign) => {
    adjustment.value = short((adjusted() || 0) + sign * Number(page.step));
    save();
  };
  async function reach(points) {
    for (const box of boxes().filter((box) => box.checked)) {
      box.checked = false;
      box.closest("li").classList.remove("on");
    }
    const start = at("start").dataset.full === "true" ? outOf : 0;
    adjustment.value = short(points - start);
    await save();
  }
  at("less").addEventListener("click", () => step(-1));
  at("more").addEventListener("click", () => step(1));
  at("full").addEventListener("click", () => reach(outOf));
  at("zero").addEventListener("click", () => reach(0));
  adjustment.addEventListener("change", () => save());

  // The comment, and the bank of comments.

  comment.addEventListener("input", () => {
    say("Not saved yet");
    soon();
  });
  comment.addEventListener("change", () => unsaved && save());

  async function changeBank(body) {
    const result = await send("/bank", body);
    if (result.status === 200) at("bank").innerHTML = result.html;
    else say(result.sentence, "fault");
    return result.status === 200;
  }
  async function keepComment() {
    if (!comment.value.trim()) return say("There is no comment to keep yet.");
    await save();
    if (await changeBank({ action: "keep", text: comment.value })) say("The comment is kept.");
  }
  function insert(text) {
    at("bank-dialog").close();
    comment.value = comment.value.trim() ? `${comment.value.trimEnd()}\n${text}` : text;
    save();
  }
  at("bank").addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (button?.matches(".insert")) insert(button.dataset.text);
    if (button?.matches(".drop")) changeBank({ action: "drop", id: button.dataset.id });
  });
  const openBank = () => openDialog(at("bank-dialog"));
  at("bank-button").addEventListener("click", openBank);
  at("keep").addEventListener("click", keepComment);
  onDialogKeys(at("bank-dialog"), {
    digit: (key) => at("bank").querySelectorAll(".insert")[key - 1]?.click(),
  });

  at("finish").addEventListener("click", finish);
  addEventListener("beforeunload", (event) => {
    if (unsaved) event.preventDefault();
  });

  async function leave(address) {
    if (!address) return;
    if (unsaved && !(await save())) return;
    go(address);
  }
  for (const name of ["previous", "following"]) {
    at(name).addEventListener("click", (event) => {
      event.preventDefault();
      leave(page[name]);
    });
  }

  onKeys({
    digit: (key) => toggle(Number(key)),
    Enter: finish,
    Escape: () => {
      editing = false;
      say("");
    },
    n: () => leave(page.following),
    p: () => leave(page.previous),
    ArrowRight: () => leave(page.following),
    ArrowLeft: () => leave(page.previous),
    "]": () => leave(page.questionAfter),
    "[": () => leave(page.questionBefore),
    "+": () => step(1),
    "=": () => step(1),
    "-": () => step(-1),
    j: () => adjustment.select(),
    f: () => reach(outOf),
    z: () => reach(0),
    c: () => comment.focus(),
    b: openBank,
    k: keepComment,
    a: () => openItem(null),
    e: editNext,
    r: changeStart,
    t: () => {
      asked.open = !asked.open;
    },
    u: takeBack,
    x: () => (at("conflict") ? keepHere() : document.querySelectorAll(".two .take")[0]?.click()),
    w: () => (at("conflict") ? writeHere() : document.querySelectorAll(".two .take")[1]?.click()),
    g: () => leave(`${base}/`),
    "?": help,
  });
}
