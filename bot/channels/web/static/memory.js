// What the page remembers while its tab is open: the session's secret, the last event, the language. Never a message.

const held = new Map();

function store() {
  try {
    return window.sessionStorage;
  } catch {
    return null; // storage is forbidden here: the page's own memory has to do
  }
}

export const memory = {
  get: (key) => store()?.getItem(key) ?? held.get(key) ?? null,
  set(key, value) {
    held.set(key, value);
    try {
      store()?.setItem(key, value);
    } catch {
      // full or forbidden: held above
    }
  },
  drop(key) {
    held.delete(key);
    store()?.removeItem(key);
  },
  clear() {
    held.clear();
    store()?.clear();
  },
};
