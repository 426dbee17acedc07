// The data-set recorder: a button for each label, a countdown, and what is recorded so far.

function recorderPart(ask) {
  let labels = ["idle", "wave"];
  const buttons = make("div", { class: "line labels" });
  const name = make("input", { type: "text", maxlength: 32, pattern: "[A-Za-z0-9][A-Za-z0-9_\\-]*", size: 12 });
  const rate = numberField("Rate (Hz)", 50, 1, 10000);
  const seconds = numberField("Seconds", 2, 0.1, 600, 0.1);
  const countdown = numberField("Countdown (s)", 3, 0, 30);
  const doing = make("p", { class: "doing", role: "status" });
  const table = make("table", { class: "counts" });
  const balance = make("p", {});
  const path = make("p", { class: "quiet" });

  const record = (label) =>
    ask("record", { label, rate_hz: rate.read(), seconds: seconds.read(), countdown_s: countdown.read() });

  function drawButtons() {
    buttons.replaceChildren(...labels.map((label) => button(`Record ${label}`, () => record(label))));
  }

  function addLabel() {
    if (!name.value || !name.checkValidity()) return name.reportValidity();
    if (!labels.includes(name.value)) labels = [...labels, name.value];
    name.value = "";
    drawButtons();
  }

  const element = section(
    "Record a data set",
    row(rate.element, seconds.element, countdown.element),
    buttons,
    row(
      make("label", { class: "field" }, "Another label", name),
      button("Add", addLabel),
      button("Drop the last take", () => ask("drop_take")),
    ),
    doing,
    table,
    balance,
    path,
  );
  name.addEventListener("keydown", (event) => { if (event.key === "Enter") addLabel(); });
  drawButtons();
  const recorder = (told) => {
    doing.textContent = told.doing;
    const rows = Object.entries(told.counts).map(([label, samples]) =>
      make("tr", {}, make("th", { scope: "row" }, label), make("td", {}, `${samples} samples`)));
    table.replaceChildren(...rows);
    balance.textContent = told.balance + (told.lost ? ` ${told.lost} samples were lost on the way.` : "");
    path.textContent = told.path ? `${told.takes} ${told.takes === 1 ? "take" : "takes"} in ${told.path} and its CSV` : "";
    const more = Object.keys(told.counts).filter((label) => !labels.includes(label));
    if (more.length) labels = [...labels, ...more], drawButtons();
  };
  return { element, shows: { recorder } };
}
