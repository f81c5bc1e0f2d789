// The box the child writes in: Enter sends, Shift+Enter starts a line, a kind word near the end.

import { words } from "./words.js";

const form = document.getElementById("composer");
const area = document.getElementById("words");
const counter = document.getElementById("counter");
const LINES = 5;
const NEAR = 200;

function grow() {
  area.rows = 1;
  const { lineHeight, paddingTop, paddingBottom } = getComputedStyle(area);
  const inner = area.scrollHeight - parseFloat(paddingTop) - parseFloat(paddingBottom);
  area.rows = Math.max(1, Math.min(LINES, Math.round(inner / parseFloat(lineHeight))));
}

function count() {
  const left = area.maxLength - area.value.length;
  counter.hidden = left > NEAR;
  counter.textContent = left > 0 ? words.left(left) : words.full;
}

function changed() {
  grow();
  count();
}

export const composer = {
  /** `typing` hears of every change of the words. */
  open(send, typing) {
    area.addEventListener("input", () => area.value && typing());
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const text = area.value.trim();
      this.clear();
      if (text) send(text);
    });
    form.hidden = false;
  },
  /** Give the child its words back, unless it has begun new ones; says whether it did. */
  giveBack(text) {
    if (area.value) return false;
    area.value = text;
    changed();
    return true;
  },
  clear() {
    area.value = "";
    changed();
  },
};

area.addEventListener("input", changed);
area.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
  event.preventDefault();
  form.requestSubmit();
});
// A tap on the button leaves the phone's keyboard where it is.
form.querySelector("button").addEventListener("pointerdown", (event) => event.preventDefault());
