// The list of the answers to a question: up, down, or a number; Enter opens one.

const NUMBER_MS = 1200; // digits that come sooner belong to one number

function startList() {
  const links = [...main.querySelectorAll("a[data-number]")];
  const came = links.find((link) => `#${link.id}` === location.hash);
  (came ?? links[0])?.focus();
  const here = () => links.indexOf(document.activeElement);
  const back = () => leave(came?.href ?? main.dataset.question);
  let digits = "";
  let last = 0;
  const find = (key) => {
    const now = performance.now();
    digits = now - last < NUMBER_MS ? digits + key : key;
    last = now;
    links.find((link) => link.dataset.number === digits)?.focus();
  };
  actions = {
    digit: find,
    0: find,
    ArrowDown: () => links[Math.min(here() + 1, links.length - 1)]?.focus(),
    ArrowUp: () => links[Math.max(here() - 1, 0)]?.focus(),
    Enter: () => leave(came?.href),
    "]": () => leave(main.dataset.questionAfter),
    "[": () => leave(main.dataset.questionBefore),
    l: back,
    Escape: back,
    g: () => leave(`${base}/`),
    "?": help,
  };
}

start();
