// Approved phrases: found as one types (no accents needed), put into the box by Enter, sent at once by Ctrl+Enter.

const panel = document.getElementById("phrases");
const list = document.getElementById("phrase-list");
const find = document.getElementById("find");
const found = document.getElementById("found");

const fold = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").replace(/đ/gi, "d").toLowerCase();

function show() {
  const parts = fold(find.value).split(/\s+/).filter(Boolean);
  let shown = 0;
  let heading = null;
  let below = false;
  for (const each of list.children) {
    if (each.matches("h3")) {
      if (heading) heading.hidden = !below;
      [heading, below] = [each, false];
      continue;
    }
    const words = fold(`${heading?.textContent ?? ""} ${each.textContent}`);
    each.hidden = !parts.every((part) => words.includes(part));
    below ||= !each.hidden;
    shown += Number(!each.hidden);
  }
  if (heading) heading.hidden = !below;
  found.textContent = shown ? found.dataset.some.replace("{count}", shown) : found.dataset.none;
}

const shown = () => [...list.querySelectorAll(".phrase")].filter((each) => !each.hidden);

function step(from, by) {
  const all = shown();
  const at = all.indexOf(from) + by;
  if (at < 0) find.focus();
  else all[Math.min(at, all.length - 1)]?.focus();
}

// Begin: `insert` takes a phrase into the box, `send` sends one at once.
export function beginPhrases(insert, send) {
  document.getElementById("finding").hidden = false;
  show();
  find.addEventListener("input", show);
  list.addEventListener("click", (event) => {
    const phrase = event.target.closest(".phrase");
    if (phrase) insert(phrase.textContent);
  });
  panel.addEventListener("keydown", (event) => {
    const chosen = event.target.closest(".phrase") ?? (event.target === find ? shown()[0] : null);
    if (event.key === "ArrowDown") step(event.target === find ? null : chosen, 1);
    else if (event.key === "ArrowUp") step(chosen, -1);
    else if (event.key === "Enter" && chosen && (event.ctrlKey || event.metaKey)) send(chosen.textContent);
    else if (event.key === "Enter" && event.target === find && chosen) insert(chosen.textContent);
    else return;
    event.preventDefault();
  });
}
