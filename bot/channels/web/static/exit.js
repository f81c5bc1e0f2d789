// Quick exit: first nothing is to be seen any more, then everything else.

import { memory } from "./memory.js";

const STUDY = "/chat/static/study.html";
const KEPT_READY = [STUDY, "/chat/static/study.css", "/chat/static/study.js"]; // so that leaving needs no network
const TWICE = 1000;

/** Show something harmless at once, without waiting for anything. */
function blank() {
  const heading = document.createElement("h1");
  heading.className = "bland";
  heading.textContent = "Góc học tập";
  document.body.replaceChildren(heading);
}

/** Make a function that leaves; `goodbye` tells the server and does not wait. */
export function quickExit(goodbye) {
  return () => {
    blank();
    // The secret of this tab stays: what 111 answers can be asked for later, and nothing shows before that.
    const session = memory.get("s");
    memory.clear();
    if (session) memory.set("s", session);
    try {
      goodbye();
    } finally {
      location.replace(STUDY);
    }
  };
}

/** Call `leave` when the button is pressed or Esc comes twice within a second. */
export function watchExit(leave) {
  const button = document.getElementById("exit");
  let last = -Infinity;
  button.addEventListener("click", (event) => {
    event.preventDefault();
    leave();
  });
  button.addEventListener("keydown", (event) => {
    if (event.key !== " ") return; // a button answers to the space bar, a link does not
    event.preventDefault();
    leave();
  });
  addEventListener(
    "keydown",
    (event) => {
      if (event.key !== "Escape" || event.repeat) return;
      if (event.timeStamp - last <= TWICE) leave();
      last = event.timeStamp;
    },
    true,
  );
  setTimeout(() => KEPT_READY.forEach((address) => fetch(address).catch(() => {})), 1500);
}
