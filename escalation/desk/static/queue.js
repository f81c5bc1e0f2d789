// The queue page: follows the server, and counts in its title. What sounds is alarm.js.

import { begin } from "./live.js";

const name = document.title.split(" · ").pop();

begin((root) => {
  document.title = `${root.dataset.title} · ${name}`;
});
