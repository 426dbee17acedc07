// The energy of an inference: measured and modelled differ in colour, pattern and word.

function energyPart() {
  const kind = make("span", { class: "kind" });
  const words = make("span", {});
  const source = make("p", { class: "quiet" });
  words.textContent = "Run a benchmark first.";
  const energy = (told) => {
    kind.textContent = told.kind === "unknown" ? "" : told.kind;
    kind.dataset.kind = told.kind;
    words.textContent = told.words;
    source.textContent = told.source ? `Source: ${told.source}` : "";
  };
  return { element: section("Energy", make("p", {}, kind, words), source), shows: { energy } };
}
