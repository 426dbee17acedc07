// Latency, accuracy and the confusion matrix of many inferences.

function benchmarkPart(ask) {
  const n = numberField("N", 100, 1, 10000), warmup = numberField("Warm-up", 3, 0, 1000);
  const doing = make("p", { role: "status" });
  const facts = make("dl", {});
  const matrix = make("div", { class: "scroll" });

  function fact(words, value) {
    return [make("dt", {}, words), make("dd", {}, value)];
  }

  function confusion(counts) {
    const head = make("tr", {}, make("th", {}), ...counts.map((_, k) => make("th", { scope: "col" }, String(k))));
    const rows = counts.map((line, k) => {
      const sum = line.reduce((a, b) => a + b, 0) || 1;
      const cells = line.map((count, j) => {
        const cell = make("td", {}, String(count));
        const colour = j === k ? "0,158,115" : "213,94,0";
        if (count) cell.style.background = `rgba(${colour},${0.15 + (0.35 * count) / sum})`;
        return cell;
      });
      return make("tr", {}, make("th", { scope: "row" }, String(k)), ...cells);
    });
    const caption = make("caption", {}, "Confusion: rows are the right answer, columns the board's");
    return make("table", { class: "confusion" }, caption, make("tbody", {}, head, ...rows));
  }

  const benchmark = (told) => {
    doing.textContent = told.doing;
    if (told.median_us === undefined) return;
    const right = told.accuracy === null ? "no labels" : `${(100 * told.accuracy).toFixed(1)} %`;
    facts.replaceChildren(
      ...fact("inferences", `${told.n} after ${told.warmup} warm-ups`),
      ...fact("median", `${told.median_us.toFixed(1)} µs`),
      ...fact("95th percentile", `${told.p95_us.toFixed(1)} µs`),
      ...fact("round trip", `${told.round_trip_ms.toFixed(1)} ms`),
      ...fact("accuracy", right),
    );
    matrix.replaceChildren(...(told.confusion ? [confusion(told.confusion)] : []));
  };

  const element = section(
    "Benchmark",
    row(n.element, warmup.element,
      button("Run", () => ask("benchmark", { n: n.read(), warmup: warmup.read() })), button("Stop", () => ask("stop"))),
    doing,
    facts,
    matrix,
  );
  return { element, shows: { benchmark } };
}
