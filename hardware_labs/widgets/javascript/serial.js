// A serial port of this browser, whose bytes go to the kernel and come from it as numbered pieces.
// What state the port is in is told by its name; the kernel has the words for it.

const RESEND_MS = 1000, WINDOW = 4;

function whyNoPorts() {
  if (!window.isSecureContext) return "insecure";
  const policy = document.permissionsPolicy || document.featurePolicy;
  if (policy && policy.allowsFeature && "serial" in navigator && !policy.allowsFeature("serial"))
    return "forbidden";
  return "serial" in navigator ? "" : "unsupported";
}

function browserSerial(model) {
  let port = null, reader = null, writer = null, session = "", baud = 115200;
  let wasUnplugged = false;  // then it is opened again when it comes back; not after a disconnect
  let waiting = [];
  let sent = new Map(), nextSent = 0, early = new Map(), wanted = 0, writing = Promise.resolve();

  const say = (event, more, buffers = []) =>
    model.send({ kind: "serial", event, session, ...more }, undefined, buffers);
  const tell = (state, detail = "") => say("state", { state, detail: String(detail).slice(0, 200), baud });

  async function choose(rate) {
    const reason = whyNoPorts();
    if (reason) return tell(reason);
    baud = rate;
    let chosen;
    try {
      const asked = navigator.serial.requestPort();  // at once: the click is only valid for a moment
      tell("choosing");
      chosen = await asked;
    } catch (error) {
      const states = { NotFoundError: "unchosen", SecurityError: "forbidden" };
      return tell(states[error.name] || "failed", error.message);
    }
    await open(chosen);
  }

  async function open(chosen) {
    await shut();
    try {
      await chosen.open({ baudRate: baud });
    } catch (error) {
      return tell(error.name === "InvalidStateError" ? "in_page" : "busy", error.message);
    }
    port = chosen, wasUnplugged = false;
    session = Array.from(crypto.getRandomValues(new Uint8Array(12)), (b) => b.toString(16).padStart(2, "0")).join("");
    waiting = [], sent = new Map(), nextSent = 0, early = new Map(), wanted = 0, writing = Promise.resolve();
    writer = port.writable.getWriter();
    tell("open");
    pump(session);
  }

  async function pump(mine) {
    while (session === mine && port && port.readable) {
      reader = port.readable.getReader();
      try {
        for (;;) {
          const { value, done } = await reader.read();
          if (done) break;
          if (session === mine) pass(value);
        }
        break;
      } catch (error) {  // framing and parity errors leave a new stream behind, an unplug does not
        if (session === mine && port && port.readable) tell("noise", error.name);
      } finally {
        reader.releaseLock();
      }
    }
    if (session === mine) lose();
  }

  // A piece goes at once while the kernel has heard nearly all before it; what comes meanwhile is one
  // piece more. So a slow kernel gets few large pieces, and a quick one small ones without delay.
  function pass(bytes) {
    waiting.push(bytes);
    if (sent.size < WINDOW) passOn();
  }

  function passOn() {
    const piece = new Uint8Array(waiting.reduce((sum, bytes) => sum + bytes.length, 0));
    let at = 0;
    for (const bytes of waiting) piece.set(bytes, at), (at += bytes.length);
    waiting = [];
    const number = nextSent++;
    sent.set(number, { bytes: piece, at: performance.now() });
    say("bytes", { number }, [piece]);
  }

  function lose() {
    if (!session) return;
    if (waiting.length) passOn();
    tell("lost");
    wasUnplugged = true;
    session = "", port = null, writer = null;
  }

  async function shut() {
    const old = port, oldReader = reader, oldWriter = writer;
    session = "", port = null, reader = null, writer = null;
    if (!old) return;
    try {
      if (oldReader) await oldReader.cancel();
    } catch {}
    try {
      if (oldWriter) oldWriter.releaseLock();
      await old.close();
    } catch {}
  }

  // Pieces from the kernel go to the port in order, each once, one after the other.
  function take(number, piece) {
    if (number >= wanted) early.set(number, piece);
    while (early.has(wanted)) {
      const bytes = early.get(wanted), through = wanted + 1, mine = session;
      early.delete(wanted++);
      writing = writing.then(() => writer && writer.write(bytes)).then(
        () => session === mine && say("written", { number: through }),
        () => session === mine && lose(),
      );
    }
    if (number < wanted && !early.size) writing.then(() => session && say("written", { number: wanted }));
  }

  function again(from) {
    for (const [number, piece] of sent) if (number >= from) say("bytes", { number }, [piece.bytes]);
  }

  function heard(before) {
    for (const number of [...sent.keys()]) if (number < before) sent.delete(number);
    if (sent.size < WINDOW && waiting.length) passOn();
  }

  async function pullReset() {
    try {
      await port.setSignals({ dataTerminalReady: false });
      await new Promise((done) => setTimeout(done, 100));
      await port.setSignals({ dataTerminalReady: true });
    } catch (error) {
      tell("noise", error.message);
    }
  }

  model.on("msg:custom", async (message, buffers) => {
    if (!message || message.kind !== "serial" || !session || message.session !== session) return;
    if (message.event === "write") take(message.number, bytesOf(buffers[0]));
    else if (message.event === "again") again(message.number);
    else if (message.event === "heard") heard(message.number);
    else if (message.event === "reset") await pullReset();
    else if (message.event === "close") {
      tell("closed");
      await shut();
    }
  });

  const timer = setInterval(() => {
    const oldest = sent.values().next().value;
    if (session && oldest && performance.now() - oldest.at > RESEND_MS) {
      oldest.at = performance.now();
      again(sent.keys().next().value);
    }
  }, RESEND_MS);

  if ("serial" in navigator && navigator.serial) {
    navigator.serial.addEventListener("disconnect", (event) => {
      if (port && (event.target === port || event.port === port)) lose();
    });
    navigator.serial.addEventListener("connect", async (event) => {
      if (session || !wasUnplugged) return;
      const back = event.target && event.target.open ? event.target : (await navigator.serial.getPorts())[0];
      if (back) await open(back);
    });
  }
  const end = () => {
    clearInterval(timer);
    return shut();
  };
  return { choose, end };
}
