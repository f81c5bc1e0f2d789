// A plain study timer.

const WHOLE = 25 * 60;
const clock = document.getElementById("clock");
const run = document.getElementById("run");

let left = WHOLE;
let ticking = 0;

function show() {
  const two = (n) => String(n).padStart(2, "0");
  clock.textContent = `${two(Math.floor(left / 60))}:${two(left % 60)}`;
  run.textContent = ticking ? "Tạm dừng" : "Bắt đầu";
}

function stop() {
  clearInterval(ticking);
  ticking = 0;
}

run.addEventListener("click", () => {
  if (ticking) stop();
  else {
    ticking = setInterval(() => {
      left -= 1;
      if (left <= 0) stop();
      show();
    }, 1000);
  }
  show();
});

document.getElementById("reset").addEventListener("click", () => {
  stop();
  left = WHOLE;
  show();
});
