// The page of an answer. What it keeps is on the server before the page says "Saved".

const QUESTION_SHUT = "review-question-shut";
const SLOW_MS = 700;

function startMarking() {
  const page = main.dataset;
  const items = at("items");
  const adjustment = at("adjustment");
  const comment = at("comment");
  const question = { notebook: page.notebook, cell: page.cell };
  const answer = { ...question, number: Number(page.number) };
  const boxes = () => [...items.querySelectorAll("input")];
  const outOf = Number(page.outOf);
  const { signal } = ended;

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
  const clock = setInterval(showTime, 500);
  document.addEventListener("visibilitychange", () => {
    counted = seconds();
    visibleSince = document.hidden ? null : performance.now();
    if (document.hidden) sendTime();
  }, { signal });
  addEventListener("pagehide", sendTime, { signal });
  signal.addEventListener("abort", () => {
    clearInterval(clock);
    clearTimeout(waiting);
    sendTime();
  });

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
  let touched = false;
  let bare = page.bare === "true"; // without item, adjustment and comment on purpose
  let keptAdjustment = adjustment.value;
  const isUnsaved = () => unsaved > 0 || adjustment.value !== keptAdjustment;

  function adjusted() {
    const text = adjustment.value.trim().replace(",", ".").replace("−", "-");
    return text === "" ? 0 : Number(text);
  }

  function save(done = page.done === "true", replaces = false) {
    clearTimeout(waiting);
    unsaved += 1;
    touched = true;
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
    const typed = adjustment.value;
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
      bare: bare || page.done === "true",
    });
    if (result.status !== 200) sent -= spent;
    if (result.overtaken) return overtaken(result, done);
    if (result.status !== 200) {
      say(result.sentence, "fault");
      return false;
    }
    unsaved = 0;
    keptAdjustment = typed;
    showMark(result);
    return result;
  }

  function showMark(result) {
    page.version = result.version;
    page.fingerprint = result.fingerprint;
    page.done = String(result.done);
    showPoints(result.points);
    at("sentence").textContent = result.sentence;
    at("state").textContent = result.words;
    at("state").dataset.state = result.state;
    at("finished").textContent = result.finished;
    if (result.done) say("Saved");
    else say(result.version ? "Draft saved" : "");
  }

  function showPoints(words) {
    at("points").textContent = at("points-again").textContent = words;
  }

  // A mark that is finished and was not touched is not saved once more: it keeps its marker.

  const finish = () =>
    turn(async () => {
      await queue;
      const isDone = page.done === "true" && !at("conflict");
      if (isDone && !touched && !isUnsaved()) return page.onwards;
      const result = await save(true);
      if (!result) return "";
      const { version, fingerprint } = result;
      const last = { ...answer, version, fingerprint, address: location.href };
      saved = { said: result.said, undo: result.done ? last : null };
      return base + result.next;
    });

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
    if (choice.adoptable) keepGradebook(choice.version, choice.fingerprint);
    else reload();
  }

  async function writeMine() {
    at("overtaken").close();
    page.version = choice.version;
    page.fingerprint = choice.fingerprint;
    const result = await save(choice.done, true);
    if (result) at("conflict")?.remove();
  }

  const keepGradebook = (version, fingerprint) => reload("/keep", { version, fingerprint });

  // Ask the server for something, and show this page as it is afterwards.

  function reload(path, body) {
    turn(async () => {
      await queue;
      const result = path ? await send(path, { ...answer, ...body }) : { status: 200 };
      if (result.status === 200) return location.href;
      say(result.sentence, "fault");
      return "";
    });
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

  function takeBackHere() {
    if (!at("take-back")) return takeBackLast();
    turn(async () => {
      await queue;
      if (isUnsaved() && !(await save())) return "";
      const { version, fingerprint } = page;
      return takeBack({ ...answer, version: Number(version), fingerprint }, location.href);
    });
  }
  at("take-back")?.addEventListener("click", takeBackHere);

  for (const button of document.querySelectorAll(".take")) {
    button.addEventListener("click", () =>
      reload("/take", { fingerprint: page.fingerprint, marker: button.dataset.marker }),
    );
  }

  // The rubric.

  items.addEventListener("change", (event) => {
    event.target.closest("li").classList.toggle("on", event.target.checked);
    bare = false;
    showTotal();
    save();
  });

  function toggle(key) {
    if (wish) return openItem(items.querySelectorAll("button.edit")[key - 1], wish);
    boxes()[key - 1]?.click();
  }

  let wish = ""; // what to do with the item whose number comes next
  let edited = null;

  function ask(what) {
    wish = what;
    say(`Which item to ${wish}? Press its number, or Esc.`);
  }

  function openItem(button, what = "change") {
    wish = "";
    say("");
    if (button === undefined) return;
    edited = button?.dataset ?? null;
    const titles = { change: "Change an item", remove: "Remove this item?" };
    at("item-title").textContent = edited ? titles[what] : "Add an item";
    at("item-points").value = edited?.points ?? "";
    at("item-text").value = edited?.text ?? "";
    at("item-remove").hidden = at("item-note").hidden = !edited;
    at("item-fault").textContent = "";
    openDialog(at("item"));
    if (what === "remove") at("item-remove").focus();
    else at("item-points").select(); // and what is typed replaces it
  }

  async function changeRubric(body) {
    if (isUnsaved()) await save();
    await queue;
    const result = await send("/rubric", { ...answer, ...body });
    if (result.status !== 200) return result;
    items.innerHTML = result.items_html;
    at("start").dataset.full = String(result.from_full);
    at("start").firstChild.textContent = result.from_full ? "begins at full points " : "begins at 0 ";
    showMark(result);
    if (result.report) say(result.report);
    return result;
  }

  at("item").querySelector("form").addEventListener("submit", async (event) => {
    event.preventDefault();
    const points = Number(at("item-points").value.trim().replace(",", ".").replace("−", "-"));
    const text = at("item-text").value;
    const hasPoints = at("item-points").value.trim() !== "" && Number.isFinite(points);
    if (!hasPoints || !text.trim()) {
      at("item-fault").textContent = "An item needs a number of points and a few words.";
      at(hasPoints ? "item-text" : "item-points").focus();
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

  // Points beside the rubric. The sum is shown at once, and again as the server has it.

  const short = (value) => String(Math.round(value * 1000) / 1000);
  const begin = () => (at("start").dataset.full === "true" ? outOf : 0);
  function showTotal() {
    const on = boxes().filter((box) => box.checked).map((box) => box.closest("li"));
    const worth = on.map((line) => Number(line.querySelector("button.edit").dataset.points));
    const total = worth.reduce((sum, points) => sum + points, begin() + adjusted());
    if (!Number.isFinite(total)) return;
    showPoints(String(Math.round(Math.min(outOf, Math.max(0, total)) * 100) / 100));
  }
  const step = (sign) => {
    adjustment.value = short((adjusted() || 0) + sign * Number(page.step));
    bare = false;
    showTotal();
    save();
  };
  async function reach(points) {
    for (const box of boxes().filter((box) => box.checked)) {
      box.checked = false;
      box.closest("li").classList.remove("on");
    }
    adjustment.value = short(points - begin());
    bare = true;
    showTotal();
    await save();
  }
  at("less").addEventListener("click", () => step(-1));
  at("more").addEventListener("click", () => step(1));
  at("full").addEventListener("click", () => reach(outOf));
  at("zero").addEventListener("click", () => reach(0));
  adjustment.addEventListener("input", () => {
    bare = false;
    say("Not saved yet");
    showTotal();
  });
  adjustment.addEventListener("change", () => isUnsaved() && save());
  function leaveField(field) {
    if (field !== adjustment || adjustment.value === keptAdjustment) return;
    adjustment.value = keptAdjustment;
    say("The adjustment is as it was.");
    showTotal();
  }

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
    if (isUnsaved()) await save();
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
  addEventListener("beforeunload", (event) => isUnsaved() && event.preventDefault(), { signal });
  beforeLeaving = async () => {
    await queue;
    return !isUnsaved() || Boolean(await save());
  };

  actions = {
    digit: (key) => toggle(Number(key)),
    Enter: finish,
    Escape: () => {
      wish = "";
      say("");
    },
    leaveField,
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
    e: () => ask("change"),
    d: () => ask("remove"),
    l: () => leave(page.list),
    r: changeStart,
    t: () => {
      asked.open = !asked.open;
    },
    u: takeBackHere,
    x: () => (at("conflict") ? keepHere() : document.querySelectorAll(".two .take")[0]?.click()),
    w: () => (at("conflict") ? writeHere() : document.querySelectorAll(".two .take")[1]?.click()),
    g: () => leave(`${base}/`),
    "?": help,
  };
}
