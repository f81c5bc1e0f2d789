// Two soft tones when a child in danger comes to wait. A browser lets a page sound only after somebody touched it.

const board = document.getElementById("board");
let known = Number(board.dataset.emergencies);
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

new MutationObserver(() => {
  const now = Number(board.dataset.emergencies);
  if (now > known && audio) {
    tone(audio.currentTime, 523);
    tone(audio.currentTime + 0.7, 659);
  }
  known = now;
}).observe(board, { attributes: true, attributeFilter: ["data-emergencies"] });
