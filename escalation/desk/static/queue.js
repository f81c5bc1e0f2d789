// The queue page: title with the count, and a browser notification for emergencies that says nothing about the child.

import { begin } from "./live.js";

const notify = document.getElementById("notify");
const board = () => document.getElementById("board");
let emergencies = Number(board().dataset.emergencies);
const name = document.title.split(" · ").pop();

function askable() {
  return "Notification" in window && Notification.permission !== "denied";
}

function showNotify() {
  if (!askable()) return;
  notify.hidden = false;
  if (Notification.permission === "granted") {
    notify.textContent = notify.dataset.on;
    notify.disabled = true;
  }
}

notify.addEventListener("click", async () => {
  await Notification.requestPermission();
  showNotify();
});
showNotify();

begin((root) => {
  document.title = `${root.dataset.title} · ${name}`;
  const now = Number(root.dataset.emergencies);
  if (now > emergencies && askable() && Notification.permission === "granted") {
    new Notification(name, { body: notify.dataset.text, tag: "emergency" });
  }
  emergencies = now;
});
