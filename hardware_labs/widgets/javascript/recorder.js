// The data-set recorder: a button for each label, a countdown, and what is recorded so far.

function recorderPart(ask) {
  let labels = [];
  const buttons = make("div", { class: "line labels" });
  const name = make("input", { type: "text", size: 12 });
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

  // The kernel says what a label may be; a name that it took is no longer in the field.
  const addLabel = () => ask("add_label", { label: name.value });

  const sources = make("select", {}), classes = make("select", {});
  const sourceWords = make("p", {});
  const choose = () => ask("source", { name: sources.value, number: Number(classes.value || -1) });
  sources.addEventListener("change", choose);
  classes.addEventListener("change", choose);
  const sourceLabel = make("label", { class: "field" }, "Source", sources);
  const classLabel = make("label", { class: "field" }, "Class", classes);

  const element = section(
    "Record a data set",
    row(sourceLabel, classLabel),
    sourceWords,
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
  const recorder = (told) => {
    doing.textContent = told.doing;
    const rows = Object.entries(told.counts).map(([label, samples]) =>
      make("tr", {}, make("th", { scope: "row" }, label), make("td", {}, `${samples} samples`)));
    table.replaceChildren(...rows);
    balance.textContent = told.balance + (told.lost ? ` ${told.lost} samples were lost on the way.` : "");
    path.textContent = told.path ? `${told.takes} ${told.takes === 1 ? "take" : "takes"} in ${told.path} and its CSV` : "";
  };
  const shows = {
    recorder,
    labels: (told) => {
      labels = told.labels;
      if (labels.includes(name.value)) name.value = "";
      drawButtons();
    },
    source: (told) => {
      const option = (value, words, chosen) => make("option", { value, selected: value === chosen }, words);
      sources.replaceChildren(...told.sources.map((one) => option(one, one, told.source)));
      classes.replaceChildren(
        option(-1, "all", told.number), ...told.classes.map((one, k) => option(k, one, told.number)));
      sourceLabel.hidden = told.sources.length < 2;
      classLabel.hidden = !told.classes.length;
      sourceWords.textContent = told.words;
    },
  };
  sourceLabel.hidden = classLabel.hidden = true;
  return { element, shows };
}
