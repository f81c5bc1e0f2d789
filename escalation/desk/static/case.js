// The case page: the log follows the talk, the box sends, the lease is kept, and losing it never loses a draft.
// No word of child or counsellor is put into the browser's storage: a draft lives in the box and nowhere else.

import { begin, post } from "./live.js";

const live = document.getElementById("live");
const log = document.getElementById("log");
const box = document.getElementById("desk-box");
const reply = document.getElementById("reply");
const text = document.getElementById("text");
const lost = document.getElementById("lost");
const failed = document.getElementById("failed");
const button = reply && reply.querySelector("button[type=submit]");
const seen = () => document.getElementById("seen");

let holding = seen().dataset.holding === "1";
let sending = false;
let leaving = false; // handing back or ending: a wish, not an accident
let lines = Number(seen().dataset.lines);

function toEnd() {
  log.scrollTop = log.scrollHeight;
}

function nearEnd() {
  return log.scrollHeight - log.scrollTop - log.clientHeight < 120;
}

function leaseFields() {
  return box ? [...box.querySelectorAll("input[name=lease]")] : [];
}

// Block or free the box. The words in it stay where they are, readable and ready to be copied.
function setHolding(now, lease) {
  holding = now;
  if (!box) return;
  if (now) for (const field of leaseFields()) field.value = lease;
  text.readOnly = !now;
  for (const each of box.querySelectorAll("button[type=submit], .phrase")) each.disabled = !now || sending;
  lost.hidden = now;
  lost.textContent = now ? "" : live.dataset.lost;
}

async function send() {
  if (sending || !holding || !text.value.trim()) return;
  sending = true;
  const label = button.textContent;
  button.disabled = true;
  button.textContent = button.dataset.sending;
  const fields = Object.fromEntries(new FormData(reply));
  const response = await post(reply.action, fields);
  sending = false;
  button.textContent = label;
  button.disabled = !holding;
  failed.hidden = true;
  if (response && response.ok) {
    // Only what was sent leaves the box; the next message gets a name of its own.
    if (text.value === fields.text) text.value = "";
    reply.elements.id.value = crypto.randomUUID();
    text.focus();
    toEnd();
    return;
  }
  if (response && response.status === 409) setHolding(false);
  // Without an answer the message keeps its name: sent again, it is still one message.
  const said = response ? (await response.json().catch(() => ({}))).error : undefined;
  failed.textContent = said || document.getElementById("offline").dataset.offline;
  failed.hidden = Boolean(response && response.status === 409);
}

if (reply) {
  reply.addEventListener("submit", (event) => {
    event.preventDefault();
    send();
  });
  text.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      send();
    }
  });
  for (const phrase of document.querySelectorAll(".phrase")) {
    phrase.addEventListener("click", () => {
      if (text.readOnly) return;
      const before = text.value && !/\s$/.test(text.value) ? `${text.value} ` : text.value;
      text.value = before + phrase.textContent;
      text.focus();
    });
  }
  // The reason goes by itself, so that the words in the box stay where they are.
  document.getElementById("reason")?.addEventListener("submit", async (event) => {
    event.preventDefault();
    const response = await post(event.target.action, Object.fromEntries(new FormData(event.target)));
    failed.hidden = Boolean(response && response.ok);
    if (failed.hidden) return;
    const said = response ? (await response.json().catch(() => ({}))).error : undefined;
    failed.textContent = said || document.getElementById("offline").dataset.offline;
  });
  // Claimed again from here, without leaving the page and the words in the box.
  document.getElementById("claim")?.addEventListener("submit", async (event) => {
    event.preventDefault();
    const response = await post(event.target.action, {});
    if (!response || !response.ok) {
      const said = response ? (await response.json().catch(() => ({}))).error : undefined;
      failed.textContent = said || document.getElementById("offline").dataset.offline;
      failed.hidden = false;
    }
  });
  const renew = async () => {
    if (!holding) return;
    const response = await post(live.dataset.renew, { lease: leaseFields()[0].value });
    if (response && response.status === 409) setHolding(false);
  };
  renew();
  setInterval(renew, 15000);
  for (const form of document.querySelectorAll(".more form")) {
    form.addEventListener("submit", () => {
      leaving = true;
    });
  }
  // A half-written answer is not left by accident.
  window.addEventListener("beforeunload", (event) => {
    if (text.value.trim() && !leaving) event.preventDefault();
  });
}

if (window.matchMedia("(max-width: 56rem)").matches) {
  for (const details of document.querySelectorAll(".case-side details")) details.open = false;
}
toEnd();

let follow = true;
const more = document.getElementById("more");
log.addEventListener("scroll", () => {
  follow = nearEnd();
  if (follow) more.hidden = true;
});
more.addEventListener("click", () => {
  toEnd();
  log.focus();
});

begin((root) => {
  const now = root.dataset.holding === "1";
  // The box for writing comes with the page: claimed in another tab, it is fetched anew.
  if (now && !box) location.reload();
  setHolding(now, root.dataset.lease);
  const claim = document.getElementById("claim");
  if (claim) claim.hidden = !root.querySelector(".state-waiting");
  const news = Number(root.dataset.lines) > lines;
  if (follow) toEnd();
  else if (news) more.hidden = false;
  lines = Number(root.dataset.lines);
});
