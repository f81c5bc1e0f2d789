// The case page: the log follows the talk, the box sends, the lease is kept, and losing it never loses a draft.
// No word of child or counsellor is put into the browser's storage: drafts are kept on the server, sealed.

import { beginDraft, end, save, sent, touched, unsaved } from "./draft.js";
import { begin, post } from "./live.js";
import { beginPhrases } from "./phrases.js";

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

// The claim is gone, or the child is kept from whoever writes here: nothing more leaves this box.
function isLost(response) {
  return Boolean(response && (response.status === 409 || response.status === 404));
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
  // A note for colleagues can always be written.
  for (const each of box.querySelectorAll("button[type=submit]:not(#noting button), .phrase")) {
    each.disabled = !now || sending;
  }
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
    sent();
    reply.elements.id.value = crypto.randomUUID();
    if (text.value) touched();
    text.focus();
    toEnd();
    return;
  }
  if (isLost(response)) setHolding(false);
  await refused(response);
}

// Say why something was not done. Losing the child is told by its own loud line.
async function refused(response) {
  // Without an answer the message keeps its name: sent again, it is still one message.
  const said = response ? (await response.json().catch(() => ({}))).error : undefined;
  failed.textContent = said || document.getElementById("offline").dataset.offline;
  failed.hidden = isLost(response);
}

function insert(words) {
  if (text.readOnly) return;
  const before = text.value && !/\s$/.test(text.value) ? `${text.value} ` : text.value;
  text.value = before + words;
  text.focus();
  touched();
}

// Send words that were approved beforehand, as a message of their own; the box stays as it is. Says whether it was sent.
async function sendReady(words) {
  if (!holding) return false;
  const fields = { id: crypto.randomUUID(), lease: reply.elements.lease.value, text: words };
  const response = await post(reply.action, fields);
  if (isLost(response)) setHolding(false);
  failed.hidden = Boolean(response && response.ok);
  if (!failed.hidden) {
    await refused(response);
    return false;
  }
  toEnd();
  // Sending erased the draft on the server; these words are still to come.
  if (text.value) {
    sent();
    await save();
  }
  return true;
}

// Send one card of a lesson; the next press sends the card behind it, and after the last one there is none.
async function sendCard(form) {
  const [field, press] = [form.elements.text, form.querySelector("button")];
  press.disabled = true;
  const gone = await sendReady(field.value);
  press.disabled = !holding;
  if (!gone) return;
  const cards = [...document.querySelectorAll('.phrase[data-group="lesson"]')].map((each) => each.textContent);
  const next = cards[cards.indexOf(field.value) + 1];
  form.hidden = next === undefined;
  field.value = press.title = next ?? "";
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
  beginDraft();
  beginPhrases(insert, (words) => sendReady(words));
  document.getElementById("calm")?.addEventListener("submit", (event) => {
    event.preventDefault();
    sendReady(event.target.elements.text.value);
  });
  document.getElementById("lesson")?.addEventListener("submit", (event) => {
    event.preventDefault();
    sendCard(event.target);
  });
  for (const id of ["wait", "invite"]) {
    document.getElementById(id)?.addEventListener("submit", async (event) => {
      event.preventDefault();
      const fields = Object.fromEntries(new FormData(event.target));
      if (id === "wait") fields.id = crypto.randomUUID();
      const response = await post(event.target.action, fields);
      if (response && response.status === 409) setHolding(false);
      failed.hidden = Boolean(response && response.ok);
      if (!failed.hidden) await refused(response);
    });
  }
  // What did not arrive is taken up again with a key; it is a message of its own.
  log.addEventListener("click", (event) => {
    const again = event.target.closest(".again");
    if (again) insert(again.closest(".line").querySelector(".said").textContent);
  });
  // Reason and note go by themselves, so that the words in the box stay where they are.
  for (const id of ["reason", "noting"]) {
    document.getElementById(id)?.addEventListener("submit", async (event) => {
      event.preventDefault();
      const response = await post(event.target.action, Object.fromEntries(new FormData(event.target)));
      failed.hidden = Boolean(response && response.ok);
      if (!failed.hidden) return refused(response);
      if (id === "noting") document.getElementById("note").value = "";
      document.getElementById(id).open = false;
      text.focus();
    });
  }
  // Claimed again from here, without leaving the page and the words in the box.
  document.getElementById("claim")?.addEventListener("submit", async (event) => {
    event.preventDefault();
    const response = await post(event.target.action, {});
    if (!response || !response.ok) {
      await refused(response);
      failed.hidden = false;
    }
  });
  // Escape leads out of the box, to where single keys work; out of an open tool, back to the box.
  box.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.isComposing) return;
    const tool = event.target.closest(".tool[open]");
    if (tool) tool.open = false;
    (tool ? text : log).focus();
  });
  const renew = async () => {
    if (!holding) return;
    const response = await post(live.dataset.renew, { lease: leaseFields()[0].value });
    if (isLost(response)) setHolding(false);
  };
  renew();
  setInterval(renew, 15000);
  for (const form of document.querySelectorAll("#back form, #end form")) {
    form.addEventListener("submit", () => {
      end();
      leaving = true;
    });
  }
  // What the server does not have yet is not left by accident.
  window.addEventListener("beforeunload", (event) => {
    if (unsaved() && !leaving) event.preventDefault();
  });
}

if (window.matchMedia("(max-width: 56rem)").matches) {
  for (const details of document.querySelectorAll(".case-side details")) details.open = false;
}
toEnd();

let follow = true;
// A box that grows, or a turned phone, must not push the newest words out of sight.
new ResizeObserver(() => follow && toEnd()).observe(log);
const more = document.getElementById("more");
log.addEventListener("scroll", () => {
  follow = nearEnd();
  if (follow) more.hidden = true;
});
more.addEventListener("click", () => {
  toEnd();
  log.focus();
});

// "Em đang viết…" for as long as it is told anew.
const typing = document.querySelector("#typing span");
let quiet = 0;
document.addEventListener("desk:typing", () => {
  typing.hidden = false;
  clearTimeout(quiet);
  quiet = setTimeout(() => (typing.hidden = true), 6000);
});

begin((root) => {
  const now = root.dataset.holding === "1";
  // The box for writing comes with the page: claimed in another tab, it is fetched anew.
  if (now && !box) location.reload();
  setHolding(now, root.dataset.lease);
  const claim = document.getElementById("claim");
  if (claim) claim.hidden = !root.querySelector(".state-waiting");
  const news = Number(root.dataset.lines) > lines;
  if (news) typing.hidden = true;
  if (follow) toEnd();
  else if (news) more.hidden = false;
  lines = Number(root.dataset.lines);
});
