// Single keys do what an element says in `aria-keyshortcuts`, on every page; never while somebody types, and not at all
// for whoever switched them off. What needs words stands on the help page.

const dialog = document.getElementById("keys");
const page = document.getElementById("show-keys");
const off = document.body.classList.contains("no-keys");

function typing(target) {
  return target.isContentEditable || target.closest("textarea, select, input:not([type=checkbox], [type=radio])") !== null;
}

function usable(element) {
  return element.checkVisibility() && !element.disabled;
}

function open(summary) {
  const details = summary.parentElement;
  details.open = true;
  (details.querySelector("input:not([type=hidden]), textarea, select, button") ?? summary).focus();
}

// The list comes from the help page, so that no page carries it for nothing.
async function showKeys() {
  if (!dialog.querySelector(".keys")) {
    const response = await fetch(page.href).catch(() => null);
    if (!response || !response.ok) return;
    const help = new DOMParser().parseFromString(await response.text(), "text/html");
    dialog.querySelector("h2").after(...help.querySelectorAll("main .keys, main .keys + .hint"));
  }
  if (!dialog.open) dialog.showModal();
}

// Press what this key stands for; says whether there was something.
function press(key) {
  const element = [...document.querySelectorAll("[aria-keyshortcuts]")].find(
    (each) => each.getAttribute("aria-keyshortcuts") === key && (each === page || usable(each)),
  );
  if (!element) return false;
  if (element === page) showKeys();
  else if (element.matches("summary")) open(element);
  else if (element.matches("input, textarea, select")) element.focus();
  else element.click();
  return true;
}

if (off) {
  for (const each of document.querySelectorAll("[aria-keyshortcuts]")) each.removeAttribute("aria-keyshortcuts");
} else {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.repeat) return;
    if (event.key.length !== 1 || typing(event.target) || dialog.open) return;
    if (press(event.key.toLowerCase())) event.preventDefault();
  });
}
page.addEventListener("click", (event) => {
  event.preventDefault();
  showKeys();
});

// A list that drops from the bar closes by itself when one goes elsewhere.
function closeDrops(except) {
  for (const drop of document.querySelectorAll(".drop[open]")) if (drop !== except) drop.open = false;
}
document.addEventListener("click", (event) => closeDrops(event.target.closest(".drop")));
document.addEventListener("focusin", (event) => closeDrops(event.target.closest(".drop")));
document.addEventListener("keydown", (event) => {
  const drop = event.key === "Escape" && document.querySelector(".drop[open]");
  if (!drop) return;
  drop.open = false;
  drop.querySelector("summary").focus();
});
