// The panel: all parts in one grid. Each part gets its values from the kernel by name, and asks the
// kernel for what its buttons say; the kernel checks what is asked.

// What went wrong stands in the part "Board", and once more beside the button that was pressed: the
// top of the panel may be off the screen. Only the first of the two is read out.
function sayAgain(placed, sayInBoard) {
  const places = Object.entries(placed).map(([place, part]) => {
    const words = make("p", { class: "trouble", hidden: true });
    part.element.querySelector("h4").after(words);
    return [place, words];
  });
  return (told) => {
    sayInBoard(told);
    for (const [place, words] of places) {
      words.textContent = told.place === place ? told.words : "";
      words.hidden = !words.textContent;
    }
  };
}

export default () => {
  let serial;
  return {
    initialize({ model }) {
      serial = browserSerial(model);
      return () => serial.end();
    },
    render({ model, el }) {
      const ask = (kind, fields = {}, buffers = []) => model.send({ kind, ...fields }, undefined, buffers);
      const log = logPart(ask), plot = plotPart(ask);
      const placed = {
        stream: plot, recorder: recorderPart(ask), benchmark: benchmarkPart(ask), upload: uploadPart(ask),
        memory: memoryPart(ask), log,
      };
      const { log: last, ...others } = placed;
      const parts = [portsPart(ask, serial), ...Object.values(others), energyPart(), last];
      const shows = Object.assign({}, ...parts.map((part) => part.shows));
      shows.trouble = sayAgain(placed, shows.trouble);
      const shown = {};

      function draw() {
        for (const [name, value] of Object.entries(model.get("parts"))) {
          const text = JSON.stringify(value);
          if (shown[name] === text || !shows[name]) continue;
          shown[name] = text;
          shows[name](value);
        }
      }

      function receive(message, buffers) {
        if (message.kind === "lines") log.add(message.lines, message.whole);
        if (message.kind === "points")
          plot.add(new Float64Array(bytesOf(buffers[0]).buffer), message.width, message.whole);
      }

      el.classList.add("board-panel");
      el.append(...parts.map((part) => part.element));
      model.on("change:parts", draw);
      model.on("msg:custom", receive);
      draw();
      ask("hello");
      return () => {
        model.off("change:parts", draw);
        model.off("msg:custom", receive);
      };
    },
  };
};
