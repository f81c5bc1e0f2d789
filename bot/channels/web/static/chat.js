// The child's chat: puts the parts together.

import { choices } from "./choices.js";
import { composer } from "./composer.js";
import { quickExit, watchExit } from "./exit.js";
import { Line } from "./line.js";
import { memory } from "./memory.js";
import { fill } from "./numbers.js";
import { talk } from "./talk.js";
import { speak, words } from "./words.js";

const LANGUAGE = "g";
const SAVE = "export.file";
const TYPING = 6000;
const LEAVING = /^\/?(thoát|thoat|thoát nhanh|thoat nhanh|exit|quick exit)$/iu;

const byId = (id) => document.getElementById(id);
const greeting = byId("greeting");
const state = byId("state");

let typing = 0;
let withCounsellor = false; // the newest words are a counsellor's: only then is typing told
let sending = { sending: false, failing: false, urgent: false };

/** One line says how it stands; it speaks only when its words change. */
function showState() {
  const said = [];
  if (sending.failing) said.push(words.failing);
  else if (sending.sending) said.push(words.sending);
  else if (typing) said.push(words.typing);
  if (sending.urgent) said.push(words.urgent);
  const text = said.join(" ");
  if (state.textContent === text) return;
  state.replaceChildren();
  fill(state, text);
}

function stopTyping() {
  clearTimeout(typing);
  typing = 0;
}

const line = new Line({
  onReplies(replies) {
    stopTyping();
    if (replies.length) withCounsellor = replies.at(-1).from === "counsellor";
    if (talk.show(replies)) choices.offer(replies);
  },
  onPushed(reply) {
    stopTyping();
    greeting.hidden = true;
    withCounsellor = reply.from === "counsellor";
    if (talk.show([reply], { pushed: true }) && reply.choices?.length) choices.offer([reply]);
    showState();
  },
  onDelete(ids) {
    talk.remove(ids);
    choices.remove(ids);
    greeting.hidden = !talk.empty();
  },
  onTyping() {
    stopTyping();
    typing = setTimeout(() => {
      typing = 0;
      showState();
    }, TYPING);
    showState();
  },
  onTaken(id, waiting) {
    talk.settled(id);
    choices.wait(waiting > 0);
  },
  onRefused(reason, { id, content }) {
    if (content.choice || composer.giveBack(content.text)) talk.remove([id]);
    talk.note(reason ?? words.refused);
  },
  onState(now) {
    sending = now;
    showState();
  },
});

const leave = quickExit(() => line.leave());

function send(content, shown) {
  greeting.hidden = true;
  choices.wait(true);
  talk.mine(line.send(content), shown);
}

/** Save the child's own data as a file, without a secret in any address. The answers stay where they are. */
async function save() {
  const file = await line.export().catch(() => null);
  if (!file) return talk.note(words.notSaved);
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file);
  link.download = "du-lieu.json";
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

function press(choice, label) {
  if (choice === "exit") return leave();
  if (choice === SAVE) return save();
  if (choice.startsWith("lang.")) {
    memory.set(LANGUAGE, choice.slice(5));
    speak(choice.slice(5));
  }
  send({ choice }, label);
}

/** Some phones lay their keyboard over the page: keep the page in what is left. Zooming with two fingers is no keyboard. */
function fitKeyboard() {
  const { height, scale } = window.visualViewport;
  if (Math.abs(scale - 1) > 0.01) return;
  document.documentElement.style.setProperty("--height", `${height}px`);
  scrollTo(0, 0);
}

watchExit(leave);
// Whoever comes back by Back finds nothing: neither in the page kept by the browser nor in one built anew.
addEventListener("pagehide", () => {
  talk.clear();
  choices.offer([]);
  composer.clear();
});
addEventListener("pageshow", (event) => event.persisted && location.reload());
window.visualViewport?.addEventListener("resize", fitKeyboard);

if (memory.get(LANGUAGE)) speak(memory.get(LANGUAGE));
choices.onPress(press);
composer.open(
  (text) => (LEAVING.test(text) ? leave() : send({ text }, text)),
  () => withCounsellor && line.typing(),
);
byId("opening").hidden = true;
byId("invitation").hidden = false;
byId("start").hidden = false;
byId("start").addEventListener("click", () => {
  byId("room").focus({ preventScroll: true });
  press("menu", words.start);
});
line.open();
