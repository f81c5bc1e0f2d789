// A form of the case file saves itself: each change after a second, and whatever is left when the page goes.
// What two people wrote in one field is kept twice by the server; here it is only told, calmly.

import { post } from "./live.js";

const REST = 1000;
const TRY_AGAIN = 5000;
const LOOK = 10000;
const RENEW = 15000;
const form = document.getElementById("filling");
const state = document.getElementById("saved");
const signing = document.querySelector("#sign form");
const wrote = document.getElementById("child-wrote");
const cells = [...new Set([...form.elements].map((control) => control.name))].filter(
  (name) => name && name !== "version" && !name.startsWith("shown."),
);
const valueOf = (name) => form.elements[name].value;
const kept = new Map(cells.map((name) => [name, valueOf(name)])); // what the server has from here
const mine = new Set(); // fields in which a value of this person waits for a choice
let version = Number(form.elements.version.value);
let timer = 0;
let saving = null;

const edited = () => cells.filter((name) => valueOf(name) !== kept.get(name));

function fieldsOf(names) {
  const fields = { version };
  for (const name of names) {
    fields[name] = valueOf(name);
    const shown = form.elements[`shown.${name}`];
    if (shown) fields[`shown.${name}`] = shown.value;
  }
  return fields;
}

// Send some fields; answers what the server has to tell, or null where nothing was saved.
async function send(names) {
  const fields = fieldsOf(names);
  const response = await post(form.getAttribute("action"), fields);
  if (!response || !response.ok) {
    const said = response ? (await response.json().catch(() => ({}))).error : "";
    state.textContent = said || state.dataset.failed;
    return null;
  }
  for (const name of names) kept.set(name, fields[name]);
  return response.json();
}

async function save() {
  clearTimeout(timer);
  while (saving) await saving;
  const names = edited();
  if (!names.length) return true;
  state.textContent = state.dataset.saving;
  saving = send(names);
  const answer = await saving;
  saving = null;
  if (!answer) {
    timer = setTimeout(save, TRY_AGAIN);
    return false;
  }
  await take(answer);
  if (edited().length) timer = setTimeout(save, REST);
  return true;
}

function tell(name, words, choose) {
  const line = form.querySelector(`[data-beside="${CSS.escape(name)}"]`);
  if (!line) return;
  line.querySelector("span").textContent = words;
  line.querySelector("a").hidden = !choose;
  line.hidden = false;
}

function show(name, value) {
  form.elements[name].value = value;
  if (form.elements[name].value !== value) form.elements[name].value = ""; // a choice that this form does not have
  kept.set(name, valueOf(name));
}

// Bring in what others saved. A field being edited here goes to the server first, on the version it was begun on, so
// that both values are kept.
async function take(answer) {
  const clashing = Object.keys(answer.changed).filter((name) => cells.includes(name) && edited().includes(name));
  if (clashing.length) {
    const told = await send(clashing);
    if (!told) return; // the version stays the old one, so that the next try is still seen as a second edit
    answer = told;
  }
  version = Math.max(version, answer.version);
  for (const held of document.querySelectorAll("input[name=version]")) held.value = version;
  state.textContent = answer.saved;
  mine.clear();
  for (const name of answer.mine) {
    mine.add(name);
    tell(name, form.querySelector(`[data-beside="${CSS.escape(name)}"] span`)?.dataset.words || "", true);
  }
  for (const [name, { value, words }] of Object.entries(answer.changed)) {
    if (!cells.includes(name) || mine.has(name) || edited().includes(name) || valueOf(name) === value) continue;
    show(name, value);
    if (words) tell(name, words, false);
  }
  document.getElementById("waiting").hidden = !answer.waiting;
  const count = document.getElementById("count");
  if (count && [...count.children].map((line) => line.textContent).join() !== answer.count.join()) {
    count.replaceChildren(...answer.count.map((words) => Object.assign(document.createElement("p"), { textContent: words })));
  }
  const lower = document.getElementById("lower");
  if (lower) lower.hidden = !answer.lower;
  if (answer.child_at !== wrote.dataset.at) wrote.querySelector("a").hidden = false;
}

async function look() {
  if (document.hidden || saving) return;
  try {
    const response = await fetch(`${form.dataset.news}?version=${version}`, { headers: { Accept: "application/json" } });
    if (response.ok && !saving) await take(await response.json());
  } catch {
    // Without a line there is nothing to take in; saving says so itself.
  }
}

// A change is noticed at once and saved after a second of rest.
form.addEventListener("input", () => {
  clearTimeout(timer);
  timer = setTimeout(save, REST);
});
form.addEventListener("submit", (event) => {
  if (event.submitter && event.submitter.getAttribute("form")) return;
  event.preventDefault();
  save();
});
signing?.addEventListener("submit", async (event) => {
  event.preventDefault();
  if (await save()) signing.submit();
});
// Not by way of `save`, which waits for a save that is underway: nothing waits on a page that goes.
function leave() {
  const names = edited();
  if (names.length) send(names);
}
window.addEventListener("pagehide", leave);
window.addEventListener("beforeunload", (event) => {
  if (!edited().length) return;
  leave();
  // What could not be saved is not left by accident.
  if (state.textContent === state.dataset.failed) event.preventDefault();
});
setInterval(look, LOOK);
setTimeout(look, REST); // the page before this one may have saved its last words just after this one was made

// Whoever fills a form has not left the child.
if (form.dataset.renew) {
  const renew = () => post(form.dataset.renew, { lease: form.dataset.lease });
  renew();
  setInterval(renew, RENEW);
}
