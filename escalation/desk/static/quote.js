// Words selected in a message of the child go into the box below, and their message is chosen.

const form = document.getElementById("quoting");

document.addEventListener("selectionchange", () => {
  const selection = document.getSelection();
  if (!form || !selection.rangeCount || selection.isCollapsed) return;
  const inside = selection.getRangeAt(0).commonAncestorContainer;
  const line = (inside.nodeType === Node.TEXT_NODE ? inside.parentElement : inside).closest("[data-seq]");
  if (!line) return;
  form.elements.words.value = selection.toString().trim();
  form.elements.seq.value = line.dataset.seq;
});
