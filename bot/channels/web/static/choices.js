// The buttons under the last message. They step aside while an answer is on its way.

const group = document.getElementById("choices");
const room = document.getElementById("room");

let owner = null; // the reply they belong to
let busy = false;
let press = () => {};

const settle = () => (group.hidden = busy || !group.childElementCount);

function button({ id, label }) {
  const element = document.createElement("button");
  element.type = "button";
  element.className = id === "exit" ? "choice quiet" : "choice";
  element.textContent = label;
  if (id.startsWith("lang.")) element.lang = id.slice(5);
  element.addEventListener("click", () => {
    room.focus({ preventScroll: true }); // the button is about to go; the next Tab reaches the next answer
    press(id, label);
  });
  return element;
}

export const choices = {
  onPress(handler) {
    press = handler;
  },
  /** Offer the choices of the last of these replies that has any; with none, offer nothing. */
  offer(replies) {
    const reply = replies.filter((each) => each.choices?.length).at(-1);
    owner = reply?.id ?? null;
    const kept = group.contains(document.activeElement);
    group.replaceChildren(...(reply?.choices ?? []).map(button));
    if (kept) room.focus({ preventScroll: true });
    settle();
  },
  wait(waiting) {
    busy = waiting;
    settle();
  },
  remove(ids) {
    if (ids.includes(owner)) this.offer([]);
  },
};
