// Only the button that opens a port, for code that awaits.

export default () => {
  let serial;
  return {
    initialize({ model }) {
      serial = browserSerial(model);
      return () => serial.end();
    },
    render({ model, el }) {
      const words = make("span", { role: "status" });
      const trouble = make("p", { class: "trouble", role: "alert" });
      const draw = () => {
        const parts = model.get("parts");
        words.textContent = parts.serial ? parts.serial.words : "";
        trouble.textContent = parts.trouble ? parts.trouble.words : "";
        trouble.hidden = !trouble.textContent;
      };
      model.on("change:parts", draw);
      el.classList.add("board-panel", "small");
      el.append(row(button("Choose a port", () => serial.choose(115200), { class: "first" }), words), trouble);
      draw();
      return () => model.off("change:parts", draw);
    },
  };
};
