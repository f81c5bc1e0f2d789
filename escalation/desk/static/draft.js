// Keeps what is in the box on the server, a second after the last letter, and tells the child's page that one writes.
// No word of child or counsellor is put into the browser's storage.

import { post } from "./live.js";

const REST = 1000;
const TELL_EVERY = 3000;
const reply = document.getElementById("reply");
const text = document.getElementById("text");
const hint = document.getElementById("reply-hint");
const easeHint = document.getElementById("ease");

let saved = text ? text.defaultValue : ""; // what the server knows: one may have typed before this ran
let told = 0;
let timer = 0;
let ended = false;

function showEase({ longest, most, hard }) {
  const said = [];
  if (longest > most) said.push(easeHint.dataset.long.replace("{longest}", longest).replace("{most}", most));
  for (const [word, simple] of hard) said.push(easeHint.dataset.hard.replace("{word}", word).replace("{simple}", simple));
  easeHint.textContent = said.join(" ");
}

export const unsaved = () => text.value !== saved && text.value.trim() !== "";

// Keep the box now; what is empty is erased there too.
export async function save() {
  clearTimeout(timer);
  const words = text.value;
  const id = reply.elements.id.value;
  if (words === saved || ended) return;
  const response = await post(reply.dataset.draft, { id, text: words });
  if (id !== reply.elements.id.value) return; // sent meanwhile: what stands in the box now is another message
  if (!response || !response.ok) {
    hint.textContent = hint.dataset.failed;
    return;
  }
  saved = words;
  const answer = await response.json();
  if (words.trim()) hint.textContent = hint.dataset.kept.replace("{time}", answer.at);
  showEase(answer);
}

// The box was sent, so that the server keeps nothing of it any more.
export function sent() {
  clearTimeout(timer);
  saved = "";
  easeHint.textContent = "";
}

// Words came into the box, by a key or from a phrase.
export function touched() {
  clearTimeout(timer);
  timer = setTimeout(save, REST);
  if (Date.now() - told < TELL_EVERY || !text.value) return;
  told = Date.now();
  post(reply.dataset.typing, { lease: reply.elements.lease.value });
}

// The page before this one may have saved its last words just after this one was made: look once more.
async function lookAgain() {
  if (text.value !== saved) return;
  const response = await post(reply.dataset.draft, { id: reply.elements.id.value });
  const kept = response && response.ok ? (await response.json()).text : "";
  if (!kept || text.value !== saved) return;
  text.value = saved = kept;
}

// The contact is handed back or ended: the server erases the draft, and none comes after it.
export function end() {
  ended = true;
}

export function beginDraft() {
  setTimeout(lookAgain, REST);
  text.addEventListener("input", touched);
  if (unsaved()) touched();
  window.addEventListener("beforeunload", save);
  window.addEventListener("pagehide", save);
}
