// The line to the server: a message keeps its id and is tried again until it is answered; what comes later comes by events.

import { memory } from "./memory.js";

const API = "/chat/api";
const SESSION = "s";
const LAST = "l";
const PATIENCE = 25_000; // one try
const LONGEST_PAUSE = 15_000;
const SILENCE = 40_000; // the server is heard every 25 seconds, also when there is nothing new
const SLOW = 600;
const URGENT = 20_000;

const pause = (tries) => Math.min(LONGEST_PAUSE, 1000 * 2 ** (tries - 1)) * (0.8 + 0.4 * Math.random());
const passing = (status) => status >= 500 || [401, 403, 408, 425, 429].includes(status);

/** An id nobody can guess; `randomUUID` itself exists on secure pages only. */
function freshId() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const hex = [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/(.{8})(.{4}).(.{3}).(.{3})(.{12})/, "$1-$2-4$3-a$4-$5");
}

async function post(path, body) {
  const stop = new AbortController();
  const clock = setTimeout(() => stop.abort(), PATIENCE);
  try {
    const response = await fetch(API + path, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
      keepalive: true, // a message outlives a tab that is closed right behind it
      cache: "no-store",
      signal: stop.signal,
    });
    const text = await response.text();
    return { status: response.status, text, wait: Number(response.headers.get("Retry-After")) || 0 };
  } finally {
    clearTimeout(clock);
  }
}

/** The server's own words about a message it did not take, if there are any. */
function reason(text) {
  try {
    const body = JSON.parse(text);
    const said = [body.message, body.error, body.detail, body.error?.message].find((each) => typeof each === "string");
    return said ?? null;
  } catch {
    return null;
  }
}

export class Line {
  #ears;
  #pending = [];
  #session = memory.get(SESSION);
  #opening = null;
  #events = null;
  #heard = 0;
  #closed = false;
  #typed = 0;

  /** `ears`: onReplies, onPushed, onDelete, onTyping, onTaken, onRefused, onState. */
  constructor(ears) {
    this.#ears = ears;
    addEventListener("online", () => this.#hurry());
    setInterval(() => this.#giveUpDeadLine(), 5000);
  }

  /** Get a session and listen; tried again until it works. */
  async open(tries = 1) {
    try {
      await this.#open();
      this.#listen();
    } catch {
      if (!this.#closed) setTimeout(() => this.open(tries + 1), pause(tries));
    }
  }

  /** Send `{text}` or `{choice}`; returns the id of the message. */
  send(content) {
    const message = { id: freshId(), content, since: Date.now(), tries: 0, notBefore: 0, flying: false };
    this.#pending.push(message);
    [SLOW, URGENT].forEach((after) => setTimeout(() => this.#report(), after + 10));
    this.#pump();
    this.#report();
    return message.id;
  }

  /** The file with everything that is kept of this person; null where there is none to give. */
  async export() {
    if (!this.#session) return null;
    const { status, text } = await post("/export", { session: this.#session });
    return status < 300 ? new Blob([text], { type: "application/json" }) : null;
  }

  /** Tell a counsellor who is there that the child writes; never a word of it, and at most every three seconds. */
  typing() {
    if (!this.#session || Date.now() - this.#typed < 3000) return;
    this.#typed = Date.now();
    post("/typing", { session: this.#session }).catch(() => {});
  }

  /** Say good-bye and stop. Nothing is waited for. */
  leave() {
    const session = this.#session;
    this.close();
    if (session) post("/messages", { session, id: freshId(), choice: "exit" }).catch(() => {});
  }

  close() {
    this.#closed = true;
    this.#pending = [];
    this.#events?.close();
  }

  #open() {
    if (this.#session) return Promise.resolve(this.#session);
    this.#opening ??= this.#ask().finally(() => (this.#opening = null));
    return this.#opening;
  }

  async #ask() {
    const { status, text } = await post("/sessions", {});
    if (status >= 300) throw new Error(`no session: ${status}`);
    if (this.#closed) throw new Error("closed");
    this.#session = JSON.parse(text).session;
    memory.set(SESSION, this.#session);
    return this.#session;
  }

  #forget(session) {
    if (this.#session !== session) return;
    this.#session = null;
    this.#events?.close();
    this.#events = null;
    memory.drop(SESSION);
    memory.drop(LAST);
  }

  /** Start what may start, in order: a burst travels together, but behind a message that failed once the later ones wait. */
  #pump() {
    for (const message of this.#pending) {
      if (!message.flying && message.notBefore <= Date.now()) this.#try(message);
      if (message.tries > 0) break;
    }
  }

  async #try(message) {
    message.flying = true;
    let wait = 0;
    try {
      const session = await this.#open();
      this.#listen();
      const answer = await post("/messages", { session, id: message.id, ...message.content });
      if (this.#closed) return;
      wait = answer.wait * 1000;
      if (answer.status < 300) return this.#done(message, "onReplies", JSON.parse(answer.text).replies);
      if (answer.status === 404) {
        this.#forget(session);
        if (!message.again) {
          message.again = true;
          message.flying = false;
          return this.#pump();
        }
      } else if (!passing(answer.status)) return this.#done(message, "onRefused", reason(answer.text));
    } catch {
      // no network, no session or no sense: the next try
    }
    message.flying = false;
    message.tries += 1;
    const after = Math.max(pause(message.tries), Math.min(wait, 60_000));
    message.notBefore = Date.now() + after;
    setTimeout(() => this.#pump(), after + 5);
    this.#report();
  }

  #done(message, ear, what) {
    this.#pending = this.#pending.filter((each) => each !== message);
    this.#ears.onTaken(message.id, this.#pending.length);
    this.#ears[ear](what, message);
    this.#report();
    this.#pump();
  }

  #hurry() {
    this.#pending.forEach((message) => (message.notBefore = 0));
    this.#pump();
  }

  #report() {
    if (this.#closed) return;
    const ages = this.#pending.map((message) => Date.now() - message.since);
    const oldest = Math.max(0, ...ages);
    const failing = this.#pending.some((message) => message.tries > 0);
    this.#ears.onState({ sending: oldest >= SLOW, failing, urgent: oldest >= URGENT });
  }

  #listen(tries = 1) {
    if (this.#closed || !this.#session || this.#events) return;
    const last = memory.get(LAST);
    const query = new URLSearchParams({ session: this.#session, ...(last ? { last } : {}) });
    const events = new EventSource(`${API}/events?${query}`);
    this.#events = events;
    this.#heard = Date.now();
    const on = (name, ear) =>
      events.addEventListener(name, (event) => {
        this.#heard = Date.now();
        if (event.lastEventId) memory.set(LAST, event.lastEventId);
        ear(event.data ? JSON.parse(event.data) : {});
      });
    on("message", (reply) => this.#ears.onPushed(reply));
    on("delete", ({ ids }) => this.#ears.onDelete(ids));
    on("typing", () => this.#ears.onTyping());
    on("beat", () => {});
    events.addEventListener("open", () => (tries = 1));
    events.addEventListener("error", () => {
      // The browser itself comes back after a cut; only a refusal closes the stream for good.
      if (events.readyState !== EventSource.CLOSED || this.#events !== events) return;
      this.#events = null;
      setTimeout(() => this.#listen(tries + 1), pause(tries));
    });
  }

  // A line can die without a word (a router that forgot us, a phone that slept), and the browser would wait for ever.
  #giveUpDeadLine() {
    if (!this.#events || Date.now() - this.#heard < SILENCE) return;
    this.#events.close();
    this.#events = null;
    this.#listen();
  }
}
