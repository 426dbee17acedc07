// Port picker, lamp, and the buttons that connect, reset and disconnect.

function portsPart(ask, serial) {
  const lamp = make("span", { class: "lamp", "aria-hidden": "true" });
  const words = make("span", { class: "words" });
  const trouble = make("p", { class: "trouble", role: "alert" });
  const picker = make("select", { change: () => showBaud() });
  const baud = make("select", {}, ...[9600, 57600, 115200, 230400, 921600].map((rate) =>
    make("option", { value: rate, selected: rate === 115200 }, `${rate} baud`)));
  const baudLabel = make("label", { class: "field" }, "Speed", baud);
  const showBaud = () => { baudLabel.hidden = picker.value !== "webserial"; };
  const stop = button("Stop", () => ask("stop"), { class: "stop" });

  function connect() {
    if (picker.value === "webserial") serial.choose(Number(baud.value));
    else ask("connect", { address: picker.value });
  }

  const element = section(
    "Board",
    make("p", { role: "status", class: "state" }, lamp, words),
    trouble,
    row(make("label", { class: "field wide" }, "Port", picker), baudLabel),
    row(
      button("Rescan", () => ask("rescan")),
      button("Connect", connect, { class: "first" }),
      button("Reset", () => ask("reset")),
      button("Disconnect", () => ask("disconnect")),
      stop,
    ),
  );

  const shows = {
    lamp: (told) => {
      lamp.dataset.state = told.state;
      words.textContent = told.words;
    },
    trouble: (told) => {
      trouble.textContent = told.words;
      trouble.hidden = !told.words;
    },
    serial: (told) => {
      if (told.state === "choosing") words.textContent = told.words;
    },
    job: (told) => {
      stop.disabled = !told.name;
      stop.textContent = told.name ? `Stop ${told.name}` : "Stop";
    },
    ports: (told) => {
      const before = told.chosen || picker.value;
      picker.replaceChildren(...told.choices.map((one) => make("option", { value: one.address }, one.words)));
      if (told.choices.some((one) => one.address === before)) picker.value = before;
      showBaud();
    },
  };
  stop.disabled = true;
  trouble.hidden = true;
  return { element, shows };
}
