// The messages on the screen: the bot's, a counsellor's and the child's own.

import { fill } from "./numbers.js";
import { words } from "./words.js";

const log = document.getElementById("log");
const room = document.getElementById("room");
const newer = document.getElementById("newer");
const NEAR = 120; // pixels from the end that still count as reading the end

const calm = matchMedia("(prefers-reduced-motion: reduce)");
let following = true; // the child reads the end: keep it in sight when the room shrinks
const atEnd = () => room.scrollHeight - room.scrollTop - room.clientHeight < NEAR;

function make(tag, className, text) {
  const element = document.createElement(tag);
  element.className = className;
  if (text !== undefined) element.textContent = text;
  return element;
}

function find(id) {
  return [...log.children].find((message) => message.dataset.id === id);
}

function shell(id, kind, author) {
  const message = make("div", `message ${kind}`);
  message.dataset.id = id;
  message.lang = document.documentElement.lang;
  message.append(make("p", kind === "counsellor" ? "author" : "unseen", author));
  return message;
}

/** Only a picture from this very server is shown. Its size is known beforehand, so that nothing moves when it comes. */
function picture({ url, alt, width, height }) {
  const address = make("a", "");
  address.href = url; // read as a link, because naming a picture already fetches it
  if (!address.href.startsWith(`${location.origin}/`)) return null;
  const img = make("img", width > height ? "picture wide" : "picture");
  img.loading = "lazy";
  img.alt = alt ?? words.picture;
  img.width = width;
  img.height = height;
  img.src = address.href;
  img.addEventListener("error", () => img.remove(), { once: true });
  return img;
}

function bubble(reply) {
  const counsellor = reply.from === "counsellor";
  const who = counsellor ? [reply.name, words.hotline].filter(Boolean).join(" · ") : words.bot;
  const message = shell(reply.id, counsellor ? "counsellor" : "bot", who);
  if (counsellor) message.lang = "vi";
  const body = make("div", "bubble");
  const image = reply.image ? picture(reply.image) : null;
  if (image) body.append(image);
  fill(body, reply.text ?? "");
  message.append(body);
  return message;
}

/** Bring a message into sight; the newest one unless told. */
function reveal(message = log.lastElementChild, block = "end") {
  message?.scrollIntoView({ block, behavior: calm.matches ? "auto" : "smooth" });
}

export const talk = {
  /** The child's own words, outlined until the server has them. */
  mine(id, text) {
    const message = shell(id, "me waiting", words.me);
    message.append(make("div", "bubble", text));
    log.append(message);
    reveal();
  },
  settled(id) {
    find(id)?.classList.remove("waiting");
  },
  /** Show replies that are not shown yet, from the first new one on. `pushed`: nobody asked for them just now. */
  show(replies, { pushed = false } = {}) {
    const reading = pushed && !atEnd();
    const fresh = replies.filter((reply) => !find(reply.id)).map(bubble);
    if (!fresh.length) return false;
    log.append(...fresh);
    if (reading) newer.hidden = false;
    else requestAnimationFrame(() => reveal(fresh[0], "start"));
    return true;
  },
  /** A line of the page itself, such as why a message was not taken. */
  note(text) {
    log.append(make("p", "note", text));
    reveal();
  },
  remove(ids) {
    ids.forEach((id) => find(id)?.remove());
  },
  empty: () => !log.childElementCount,
  clear() {
    log.replaceChildren();
    newer.hidden = true;
  },
};

newer.addEventListener("click", () => {
  newer.hidden = true;
  room.focus({ preventScroll: true });
  reveal();
});
room.addEventListener(
  "scroll",
  () => {
    following = atEnd();
    newer.hidden ||= following;
  },
  { passive: true },
);
new ResizeObserver(() => following && (room.scrollTop = room.scrollHeight)).observe(room);
