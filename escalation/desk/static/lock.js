// Covers the page when nobody touches it, and uncovers it by PIN. What is being written stays in its boxes meanwhile.
// The server has a lock of its own: while it holds, no page and no stream answers, whatever a script does.

const settings = document.getElementById("lock-now");
const { base } = settings.dataset;
const after = Number(settings.dataset.after) * 1000; // 0: only by hand
const tabs = new BroadcastChannel("khien-desk-lock");
const title = document.title;
const ASK_AGAIN = 15000;

let touched = Date.now();
let told = 0; // when the server heard last that somebody is here
let cover = null;
let before = null; // what had the focus

function post(path, fields = {}) {
  return fetch(base + path, {
    method: "POST",
    body: new URLSearchParams(fields),
    headers: { Accept: "application/json" },
  }).catch(() => null);
}

function touch() {
  if (cover) return;
  touched = Date.now();
  if (touched - told < 60000) return;
  told = touched;
  tabs.postMessage("active");
  post("/active").then((response) => response && response.status === 423 && hide());
}

for (const kind of ["keydown", "pointerdown", "pointermove", "wheel", "touchstart"]) {
  document.addEventListener(kind, touch, { passive: true, capture: true });
}

// The lock's page as the server shows it, or words of ours when it cannot be had.
async function card() {
  const response = await fetch(`${base}/lock`, { headers: { Accept: "text/html" } }).catch(() => null);
  const page = response && new DOMParser().parseFromString(await response.text(), "text/html");
  return { found: page && page.getElementById("lock-card"), gone: Boolean(response) };
}

async function show() {
  const { found, gone } = await card();
  if (!cover) return;
  const shown = cover.querySelector("#lock-card");
  if (found && shown) {
    shown.querySelector("#lock-news").replaceWith(found.querySelector("#lock-news"));
  } else if (found) {
    cover.replaceChildren(found);
    found.querySelector("#unlock").addEventListener("submit", unlock);
    found.querySelector("#unlock-pin").focus();
  } else {
    cover.replaceChildren(message(gone ? settings.dataset.gone : settings.dataset.offline, gone));
  }
}

function message(words, gone) {
  const box = document.createElement("p");
  box.className = "loud";
  box.append(words, " ");
  if (gone) {
    const link = document.createElement("a");
    Object.assign(link, { href: `${base}/sign-in`, target: "_blank", rel: "noopener" });
    link.textContent = settings.dataset.goneLink;
    box.append(link);
  }
  return box;
}

// Put the cover over everything; the rest can be neither seen, reached nor read aloud.
function hide() {
  if (cover) return;
  before = document.activeElement;
  cover = document.createElement("div");
  cover.className = "cover";
  cover.setAttribute("role", "dialog");
  cover.setAttribute("aria-modal", "true");
  cover.setAttribute("aria-labelledby", "lock-heading");
  for (const each of document.body.children) each.inert = true;
  document.body.append(cover);
  document.body.classList.add("covered");
  document.title = settings.textContent.trim();
  show();
}

function reveal() {
  if (!cover) return;
  cover.remove();
  cover = null;
  for (const each of document.body.children) each.inert = false;
  document.body.classList.remove("covered");
  document.title = title;
  touched = told = Date.now();
  if (before && before.isConnected) before.focus();
  document.dispatchEvent(new Event("desk:unlocked"));
}

async function lock() {
  hide();
  await post("/lock");
  tabs.postMessage("locked");
}

async function unlock(event) {
  event.preventDefault();
  const form = event.target;
  const response = await post("/unlock", Object.fromEntries(new FormData(form)));
  if (response && response.ok) {
    tabs.postMessage("unlocked");
    reveal();
    return;
  }
  if (response && response.status === 401) {
    cover.replaceChildren(message(settings.dataset.gone, true));
    return;
  }
  const wrong = cover.querySelector("#lock-wrong");
  const said = response ? (await response.json().catch(() => ({}))).error : undefined;
  wrong.textContent = said || settings.dataset.offline;
  wrong.hidden = false;
  form.elements.unlock.value = "";
  form.elements.unlock.focus();
}

settings.addEventListener("submit", (event) => {
  event.preventDefault();
  lock();
});
document.addEventListener("desk:locked", hide);
tabs.addEventListener("message", ({ data }) => {
  if (data === "locked") hide();
  else if (data === "unlocked") reveal();
  else if (!cover) touched = told = Date.now();
});
setInterval(() => {
  if (cover) show();
  else if (after && Date.now() - touched >= after) lock();
}, Math.min(ASK_AGAIN, after ? after / 5 : ASK_AGAIN));
