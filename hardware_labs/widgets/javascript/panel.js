// The panel: all parts in one grid. Each part gets its values from the kernel by name, and asks the
// kernel for what its buttons say; the kernel checks what is asked.

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
      const parts = [
        portsPart(ask, serial), plot, recorderPart(ask), benchmarkPart(ask), uploadPart(ask),
        memoryPart(ask), energyPart(), log,
      ];
      const shows = Object.assign({}, ...parts.map((part) => part.shows));
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
