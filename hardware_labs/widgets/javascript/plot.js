// The newest samples as lines, drawn here from numbers: a ring of bounded size, at most twenty
// frames a second, in colours and dashes that hold in both themes (Okabe and Ito).

const RING = 500, FRAME_MS = 50, SAID_MS = 1000;
const COLOURS = ["#0072b2", "#d55e00", "#009e73", "#cc79a7"];
const DASHES = [[], [6, 3], [2, 2], [8, 3, 2, 3]];
const MARGIN = { left: 52, right: 10, top: 10, bottom: 30 };

function niceStep(span, steps) {
  const raw = Math.max(span, 1e-12) / steps, power = 10 ** Math.floor(Math.log10(raw));
  return power * [1, 2, 5, 10].find((m) => power * m >= raw);
}

function ticksOf(low, high, steps) {
  const step = niceStep(high - low, steps), first = Math.ceil(low / step);
  return Array.from({ length: Math.floor(high / step) - first + 1 }, (_, k) => (first + k) * step);
}

function plotPart(ask) {
  let rows = [], drawnAt = 0, timer = 0, saidAt = 0, frames = 0;
  const canvas = make("canvas", { role: "img", "aria-label": "samples: nothing received yet" });
  const legend = make("p", { class: "legend" });
  const rate = numberField("Rate (Hz)", 50, 1, 10000);

  function add(data, width, whole) {
    if (whole) rows = [];
    for (let k = 0; width && k + width <= data.length; k += width) rows.push(data.subarray(k, k + width));
    rows = rows.slice(-RING);
    const due = drawnAt + FRAME_MS - performance.now();
    if (!timer) timer = setTimeout(draw, Math.max(0, due));
  }

  function bounds() {
    const values = rows.flatMap((one) => [...one.subarray(1)]);
    const low = Math.min(...values), high = Math.max(...values), margin = 0.08 * (high - low) || 1;
    return { x0: rows[0][0], x1: Math.max(rows.at(-1)[0], rows[0][0] + 1), y0: low - margin, y1: high + margin, low, high };
  }

  function draw() {
    timer = 0, drawnAt = performance.now();
    const ratio = window.devicePixelRatio || 1, width = canvas.clientWidth, height = canvas.clientHeight;
    if (!width) return;
    canvas.width = width * ratio, canvas.height = height * ratio;
    canvas.dataset.frames = frames += 1;
    canvas.dataset.points = rows.length;
    const pen = canvas.getContext("2d"), ink = getComputedStyle(canvas).color;
    pen.scale(ratio, ratio);
    pen.font = "11px sans-serif", pen.fillStyle = ink;
    if (!rows.length) {
      pen.textAlign = "center";
      pen.fillText("waiting for samples", width / 2, height / 2);
      return;
    }
    const box = bounds();
    const place = (x, y) => [
      MARGIN.left + ((x - box.x0) / (box.x1 - box.x0)) * (width - MARGIN.left - MARGIN.right),
      height - MARGIN.bottom - ((y - box.y0) / (box.y1 - box.y0)) * (height - MARGIN.top - MARGIN.bottom),
    ];
    grid(pen, box, place, width, height);
    const gaps = lines(pen, place);
    say(box, gaps);
  }

  function grid(pen, box, place, width, height) {
    pen.lineWidth = 1, pen.strokeStyle = "rgba(128,128,128,.4)", pen.textAlign = "right";
    for (const y of ticksOf(box.y0, box.y1, 4)) {
      const at = place(box.x0, y)[1];
      pen.beginPath(), pen.moveTo(MARGIN.left, at), pen.lineTo(width - MARGIN.right, at), pen.stroke();
      pen.fillText(String(Number(y.toPrecision(6))), MARGIN.left - 6, at + 4);
    }
    pen.textAlign = "center";
    const named = width - MARGIN.right - 84;
    for (const x of ticksOf(box.x0, box.x1, width / 110)) {
      const at = place(x, box.y0)[0];
      if (at < named) pen.fillText(String(Number(x.toPrecision(9))), at, height - 14);
    }
    pen.textAlign = "right";
    pen.fillText("sample number", width - MARGIN.right, height - 14);
  }

  // A step in the numbers larger than the smallest one is a gap: samples that never came.
  function lines(pen, place) {
    let step = Infinity;
    for (let k = 1; k < rows.length; k += 1) step = Math.min(step, rows[k][0] - rows[k - 1][0]);
    const isGap = (k) => k > 0 && rows[k][0] - rows[k - 1][0] > 1.5 * step;
    pen.lineWidth = 1.6;
    for (let channel = 1; channel < rows[0].length; channel += 1) {
      pen.strokeStyle = COLOURS[(channel - 1) % COLOURS.length];
      pen.setLineDash(DASHES[(channel - 1) % DASHES.length]);
      pen.beginPath();
      rows.forEach((one, k) => pen[k === 0 || isGap(k) ? "moveTo" : "lineTo"](...place(one[0], one[channel])));
      pen.stroke();
    }
    pen.setLineDash([]);
    pen.strokeStyle = COLOURS[1];
    const gaps = rows.map((_, k) => k).filter(isGap);
    for (const k of gaps) {
      const [at] = place(rows[k][0], 0);
      pen.beginPath(), pen.moveTo(at, MARGIN.top), pen.lineTo(at, MARGIN.top + 8), pen.stroke();
    }
    return gaps.length;
  }

  function say(box, gaps) {
    if (performance.now() - saidAt < SAID_MS) return;
    saidAt = performance.now();
    const channels = rows[0].length - 1;
    canvas.setAttribute("aria-label",
      `samples: ${rows.length} points, ${channels} channels, values from ${box.low} to ${box.high}, ${gaps} gaps`);
    legend.replaceChildren(...(channels < 2 ? [] : Array.from({ length: channels }, (_, k) => {
      const mark = make("span", { class: "mark" });
      mark.style.background = COLOURS[k % COLOURS.length];
      return make("span", {}, mark, `value ${k}`);
    })));
  }

  const came = make("p", { role: "status", "aria-live": "off" });
  const element = section(
    "Stream",
    row(rate.element, button("Stream", () => ask("stream", { rate_hz: rate.read() })), button("Stop", () => ask("stop"))),
    canvas,
    legend,
    came,
  );
  new ResizeObserver(() => draw()).observe(canvas);
  const stream = (told) => { came.textContent = told.words; };
  return { element, shows: { stream }, add };
}
