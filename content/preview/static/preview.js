// Shows a saved file at once: hears that there is a new version, fetches this same page, and puts its live part in place.

const state = document.getElementById("state");

// Where the author is: what has the focus, and how far each part has been scrolled.
function place() {
  const scrolled = [...document.querySelectorAll("#live [tabindex][id]")].map((part) => [part.id, part.scrollTop, part.scrollLeft]);
  return { focus: document.activeElement?.id, word: document.getElementById("word")?.value ?? "", scrolled };
}

function putBack({ focus, word, scrolled }) {
  for (const [id, top, left] of scrolled) document.getElementById(id)?.scrollTo({ top, left, behavior: "instant" });
  const box = document.getElementById("word");
  if (box) box.value = word;
  find();
  if (focus) document.getElementById(focus)?.focus({ preventScroll: true });
}

async function renew() {
  const response = await fetch(location.href, { cache: "no-store" });
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const before = place();
  document.getElementById("live").replaceWith(page.getElementById("live"));
  document.title = page.title;
  putBack(before);
  const broken = document.getElementById("broken-title")?.textContent;
  state.textContent = `${state.dataset.fresh} ${new Date().toLocaleTimeString("vi")}${broken ? `. ${broken}` : ""}`;
}

// The list narrows to what holds the word; accents may be left out.
const bare = (text) => text.toLowerCase().normalize("NFD").replace(/\p{M}/gu, "").replaceAll("đ", "d");

function find() {
  const box = document.getElementById("word");
  if (!box) return;
  document.getElementById("find").hidden = false;
  const word = bare(box.value.trim());
  for (const group of document.querySelectorAll(".group")) {
    const named = bare(group.querySelector("h3").textContent).includes(word);
    for (const entry of group.querySelectorAll("li")) entry.hidden = !named && !bare(entry.textContent).includes(word);
    group.hidden = !group.querySelector("li:not([hidden])");
  }
}

document.addEventListener("input", (event) => event.target.id === "word" && find());
find();

const events = new EventSource("/events");
events.addEventListener("version", (event) => {
  if (state.textContent === state.dataset.lost) state.textContent = "";
  if (document.getElementById("live").dataset.version !== event.data) renew().catch(() => { state.textContent = state.dataset.lost; });
});
events.addEventListener("error", () => { state.textContent = state.dataset.lost; });
