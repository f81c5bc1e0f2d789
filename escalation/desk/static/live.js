// Keeps a page true: takes the server's fragments, changes only what differs, runs the clocks, keeps presence up.

const SILENCE = 30000; // the server is heard every 20 seconds, also when there is nothing new
const PATIENCE = 20000; // for an answer
let ahead = 0; // the server's clock minus this machine's, in milliseconds
const live = document.getElementById("live");
const offline = document.getElementById("offline");

// What an element says, clocks left out: they move by themselves.
function print(element) {
  const copy = element.cloneNode(true);
  for (const clock of copy.querySelectorAll("[data-since], [data-until]")) {
    clock.removeAttribute("data-over");
    clock.textContent = "";
  }
  return copy.outerHTML;
}

// Replace an element, or only those of its parts that differ, so that a screen reader hears no more than the news.
function renew(old, fresh) {
  for (const part of fresh.querySelectorAll("[data-part]")) {
    const mine = old.querySelector(`[data-part="${part.dataset.part}"]`);
    if (mine && print(mine) !== print(part)) mine.replaceWith(part.cloneNode(true));
  }
  if (print(old) !== print(fresh)) old.replaceWith(fresh);
}

function patchRegion(region, fresh) {
  const known = new Map([...region.children].map((child) => [child.dataset.key, child]));
  let place = null;
  for (const child of [...fresh.children]) {
    const old = known.get(child.dataset.key);
    known.delete(child.dataset.key);
    if (old) renew(old, child);
    const now = old ? (old.isConnected ? old : child) : child;
    const after = place ? place.nextElementSibling : region.firstElementChild;
    if (now !== after) region.insertBefore(now, after);
    place = now;
  }
  for (const gone of known.values()) gone.remove();
}

// Put a fragment into the page; returns its root.
function patch(html) {
  const fresh = new DOMParser().parseFromString(html, "text/html").body.firstElementChild;
  const root = live.firstElementChild;
  for (const region of fresh.querySelectorAll("[data-region]")) {
    const mine = root.querySelector(`[data-region="${region.dataset.region}"]`);
    if (mine) patchRegion(mine, region);
  }
  for (const name of Object.keys(fresh.dataset)) root.dataset[name] = fresh.dataset[name];
  setClock(root);
  if (ready && root.dataset.present !== ready.dataset.on) showReady(root.dataset.present === "1");
  return root;
}

function setClock(root) {
  ahead = Date.parse(root.dataset.now) - Date.now();
  tick();
}

function words(milliseconds) {
  const seconds = Math.floor(Math.abs(milliseconds) / 1000);
  const two = (value) => String(value).padStart(2, "0");
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60)];
  return hours ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}

function tick() {
  const now = Date.now() + ahead;
  for (const clock of document.querySelectorAll("[data-since]")) {
    clock.textContent = words(Math.max(0, now - Date.parse(clock.dataset.since)));
  }
  for (const clock of document.querySelectorAll("[data-until]")) {
    const left = Date.parse(clock.dataset.until) - now;
    clock.toggleAttribute("data-over", left <= 0);
    clock.querySelector(".countdown-words").textContent = left <= 0 ? clock.dataset.late : clock.dataset.left;
    clock.querySelector("time").textContent = words(left);
  }
}

function tellConnection(state) {
  offline.hidden = state === "fine";
  if (state === "fine") return;
  offline.querySelector("span").textContent = state === "gone" ? offline.dataset.signedOut : offline.dataset.offline;
  offline.querySelector("a").hidden = state !== "gone";
}

// Post a form's fields from a script; answers the response, or null when the server cannot be reached.
export async function post(address, fields) {
  try {
    const response = await fetch(address, {
      method: "POST",
      body: new URLSearchParams(fields),
      headers: { Accept: "application/json" },
      keepalive: true, // what was begun when the page went is still sent
      signal: AbortSignal.timeout(PATIENCE),
    });
    if (response.status === 401) tellConnection("gone");
    if (response.status === 423) document.dispatchEvent(new Event("desk:locked"));
    return response;
  } catch {
    return null;
  }
}

const ready = document.getElementById("ready");

function showReady(on) {
  const button = ready.querySelector("button");
  ready.dataset.on = on ? "1" : "0";
  ready.elements.on.value = on ? "0" : "1";
  button.setAttribute("aria-pressed", String(on));
  button.title = on ? button.dataset.onTitle : button.dataset.offTitle;
  button.querySelector(".switch-words").textContent = on ? button.dataset.onWords : button.dataset.offWords;
}

function keepPresence() {
  if (!ready) return;
  ready.addEventListener("submit", async (event) => {
    event.preventDefault();
    const on = ready.dataset.on !== "1";
    const response = await post(ready.action, { on: on ? "1" : "0" });
    if (response && response.ok) showReady(on);
  });
  const beat = () => ready.dataset.on === "1" && post(ready.action, { on: "keep" });
  beat();
  setInterval(beat, 30000);
}

// Begin: `onPatch` hears of every fragment that came in, with the page's live root.
export function begin(onPatch) {
  setClock(live.firstElementChild);
  setInterval(tick, 1000);
  keepPresence();
  connect(onPatch);
}

function connect(onPatch) {
  const source = new EventSource(live.dataset.events);
  let heard = Date.now();
  const hear = (name, act) =>
    source.addEventListener(name, (event) => {
      heard = Date.now();
      act(event);
    });
  const leave = () => {
    clearInterval(watch);
    source.close();
  };
  // A line can die without a word (a pulled cable, a router that forgot us), and the browser would wait for ever.
  const watch = setInterval(() => {
    if (Date.now() - heard < SILENCE) return;
    tellConnection("offline");
    leave();
    connect(onPatch);
  }, 2000);
  hear("beat", () => tellConnection("fine"));
  hear(live.dataset.event, (event) => {
    tellConnection("fine");
    onPatch(patch(event.data));
  });
  hear("typing", () => document.dispatchEvent(new CustomEvent("desk:typing")));
  hear("gone", (event) => {
    leave();
    if (event.data === "SignedOut") {
      // Signed in again in another tab, this page goes on where it was, with the words in its box.
      tellConnection("gone");
      setTimeout(() => connect(onPatch), 5000);
    } else if (event.data === "Locked") {
      document.addEventListener("desk:unlocked", () => connect(onPatch), { once: true });
      document.dispatchEvent(new Event("desk:locked"));
    } else location.reload();
  });
  source.addEventListener("error", () => {
    // A refused stream is not tried again by the browser: ask once more ourselves, slowly.
    if (offline.hidden) tellConnection("offline");
    if (source.readyState !== EventSource.CLOSED) return;
    leave();
    setTimeout(() => connect(onPatch), 5000);
  });
}
