// The raw log: every line that crossed the wire, filtered here and saved by the kernel.

const LOG_LINES = 1000, SHOWN_LINES = 300;

function logPart(ask) {
  let lines = [], waiting = false;
  const output = make("pre", { tabindex: 0, role: "log", "aria-live": "off", "aria-label": "lines on the wire" });
  const filter = make("input", { type: "search", maxlength: 200, input: () => draw() });
  const samples = make("input", { type: "checkbox", checked: true, change: () => draw() });
  const saved = make("p", { role: "status" });
  const count = make("span", { class: "quiet" });

  function draw() {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      const needle = filter.value.toLowerCase();
      const shown = lines.filter((line) =>
        line.toLowerCase().includes(needle) && (samples.checked || !line.includes("<- m-s-")));
      const follows = output.scrollTop + output.clientHeight >= output.scrollHeight - 8;
      output.textContent = shown.slice(-SHOWN_LINES).join("\n");
      count.textContent = `${shown.length} of ${lines.length} lines`;
      if (follows) output.scrollTop = output.scrollHeight;
    });
  }

  const element = section(
    "Log",
    row(
      make("label", { class: "field" }, "Filter", filter),
      make("label", { class: "check" }, samples, "with samples"),
      button("Save", () => ask("save_log", { filter: filter.value, samples: samples.checked })),
      count,
    ),
    output,
    saved,
  );
  return {
    element,
    shows: { saved: (told) => { saved.textContent = told.words; } },
    add: (more, whole) => {
      lines = (whole ? [] : lines).concat(more).slice(-LOG_LINES);
      draw();
    },
  };
}
