// Finds the numbers a child can call, 111, 113, 114 and 115, where they stand as numbers to call.

const HELP = new Set(["111", "113", "114", "115"]);
const RUN = /\d+(?:[ \u00a0.,:/\-–]\d+)*/g;
const GLUED = /[\p{L}\d%₫+#_@]/u;

/** How many of a run's first groups are numbers to call: "111/113" has two, "0912 111 333" and "111/2024" none. */
function callable(groups, separators) {
  let count = 0;
  while (count < groups.length && HELP.has(groups[count])) count += 1;
  if (count === groups.length) return count;
  const hours = /\s/.test(separators[count - 1] ?? "") && groups[count].length < 3; // "111 24/7"
  return hours ? count : 0;
}

/** Split a text into parts, `{text, call}`: `call` is true where the part is a number to call. */
export function parts(text) {
  const found = [];
  let done = 0;
  for (const match of text.matchAll(RUN)) {
    const end = match.index + match[0].length;
    if (GLUED.test(text.slice(0, match.index).slice(-1)) || GLUED.test(text.slice(end, end + 1))) continue;
    const groups = match[0].split(/\D/);
    const count = callable(groups, match[0].replace(/\d/g, "").split(""));
    let at = match.index;
    for (const group of groups.slice(0, count)) {
      if (at > done) found.push({ text: text.slice(done, at), call: false });
      found.push({ text: group, call: true });
      done = at + group.length;
      at = done + 1;
    }
  }
  if (done < text.length) found.push({ text: text.slice(done), call: false });
  return found;
}

/** Whether the number at `at` stands on a line that holds nothing but numbers to call. */
function alone(text, at) {
  const line = text.slice(text.lastIndexOf("\n", at) + 1).split("\n", 1)[0];
  return !/[^\d\s·.,:/–-]/.test(line);
}

/** Put a text into an element as plain text, with only the numbers to call as links. */
export function fill(element, text) {
  let at = 0;
  for (const part of parts(text)) {
    const start = at;
    at += part.text.length;
    if (!part.call) {
      element.append(part.text);
      continue;
    }
    const link = document.createElement("a");
    link.className = alone(text, start) ? "number big" : "number";
    link.href = `tel:${part.text}`;
    link.textContent = part.text;
    element.append(link);
  }
}
