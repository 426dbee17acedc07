// Bars of flash, RAM and stack against the limits that the board itself tells.

function memoryPart(ask) {
  const bars = make("div", { class: "bars" });
  const words = make("p", {});

  function bar(told) {
    const share = Math.min(1, told.limit ? told.used / told.limit : 1);
    const fill = make("div", { class: "fill" });
    fill.style.width = `${100 * share}%`;
    fill.dataset.full = share > 0.9;
    const track = make("div", {
      class: "track", role: "meter", "aria-label": told.name, "aria-valuemin": 0,
      "aria-valuemax": told.limit, "aria-valuenow": told.used, "aria-valuetext": told.words,
    }, fill);
    return make("div", {}, make("div", {}, told.words), track);
  }

  const memory = (told) => {
    bars.replaceChildren(...told.bars.map(bar));
    words.textContent = told.words;
  };
  const element = section("Memory", row(button("Ask the board", () => ask("memory"))), bars, words);
  return { element, shows: { memory } };
}
