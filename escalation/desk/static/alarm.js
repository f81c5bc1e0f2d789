// Soft tones, and a browser notification that says nothing about the child: two tones when a child in danger comes to
// wait, one for each other alert. A browser lets a page sound only after somebody touched it.

const board = document.getElementById("board");
const notify = document.getElementById("notify");
const name = document.title.split(" · ").pop();
const listed = (kind) => new Set((board.dataset[kind] ?? "").split(" ").filter(Boolean));
const known = { emergencies: listed("emergencies"), alerts: listed("alerts") };
let audio = null;

function tone(start, pitch) {
  const [oscillator, volume] = [audio.createOscillator(), audio.createGain()];
  oscillator.frequency.value = pitch;
  volume.gain.setValueAtTime(0, start);
  volume.gain.linearRampToValueAtTime(0.2, start + 0.05);
  volume.gain.linearRampToValueAtTime(0, start + 0.6);
  oscillator.connect(volume).connect(audio.destination);
  oscillator.start(start);
  oscillator.stop(start + 0.6);
}

for (const kind of ["pointerdown", "keydown"]) {
  addEventListener(kind, () => (audio ??= new AudioContext()), { once: true });
}

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

// Tell whether something of a kind was not there before; one that left while another came is news too.
function isNews(kind) {
  const now = listed(kind);
  const news = [...now].some((each) => !known[kind].has(each));
  known[kind] = now;
  return news;
}

function sound(pitches) {
  if (audio) pitches.forEach((pitch, place) => tone(audio.currentTime + 0.7 * place, pitch));
}

function tell(kind) {
  if (askable() && Notification.permission === "granted") new Notification(name, { body: notify.dataset[kind], tag: kind });
}

new MutationObserver(() => {
  const [danger, alert] = [isNews("emergencies"), isNews("alerts")];
  if (danger) {
    sound([523, 659]);
    tell("emergencies");
  } else if (alert) {
    sound([440]);
    tell("alerts");
  }
}).observe(board, { attributes: true, attributeFilter: ["data-emergencies", "data-alerts"] });
