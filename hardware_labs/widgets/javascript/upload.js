// Bytes into the board's input buffer: progress, pace, and a way to stop.

function uploadPart(ask) {
  const file = make("input", { type: "file", "aria-label": "file to upload; without one, a digit is sent" });
  const bar = make("progress", { max: 1, value: 0, "aria-label": "upload" });
  const words = make("p", { role: "status" });

  async function send() {
    const chosen = file.files[0];
    ask("upload", {}, chosen ? [new Uint8Array(await chosen.arrayBuffer())] : []);
  }

  const element = section(
    "Upload",
    row(file, button("Upload", send), button("Cancel", () => ask("stop"))),
    bar,
    words,
  );
  const upload = (told) => {
    bar.value = told.total ? told.sent / told.total : 0;
    words.textContent = told.words;
  };
  words.textContent = "Without a file, a digit of 64 bytes is sent.";
  return { element, shows: { upload } };
}
