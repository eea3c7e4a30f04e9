// Stocktaking by camera, where the browser can read codes itself; elsewhere the field does it.

const form = document.querySelector("#scan");
const code = form.elements.code;
const video = form.querySelector("video");
const button = form.querySelector("[data-camera]");
const told = form.querySelector("[data-camera-told]");
const FORMATS = ["qr_code", "code_128", "code_39", "ean_13", "data_matrix"];
const AGAIN_AFTER = 4000;
const words = button.textContent;
let stream = null;
let last = { text: "", at: 0 };

// A scanner types and presses Enter: the field is empty and ready for the next one.
form.addEventListener("htmx:afterRequest", (event) => {
  if (!event.detail.successful) return;
  code.value = "";
  if (!stream) code.focus();
});

const detector = await readerOfCodes();
if (detector && navigator.mediaDevices?.getUserMedia) button.hidden = false;

async function readerOfCodes() {
  if (!("BarcodeDetector" in window)) return null;
  try {
    const known = await window.BarcodeDetector.getSupportedFormats();
    const formats = FORMATS.filter((format) => known.includes(format));
    return formats.length ? new window.BarcodeDetector({ formats }) : null;
  } catch {
    return null;
  }
}

button.addEventListener("click", () => (stream ? stop() : start()));
addEventListener("pagehide", stop);

async function start() {
  try {
    stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
  } catch {
    told.textContent = button.dataset.refused;
    return;
  }
  told.textContent = "";
  video.srcObject = stream;
  video.hidden = false;
  button.textContent = button.dataset.stop;
  // Stopped before it shows anything, it is simply not shown.
  video.play().catch(() => {});
  look();
}

function stop() {
  for (const track of stream?.getTracks() ?? []) track.stop();
  stream = null;
  video.hidden = true;
  video.srcObject = null;
  button.textContent = words;
}

async function look() {
  if (!stream) return;
  try {
    const [found] = await detector.detect(video);
    if (found) read(found.rawValue);
  } catch {
    // A frame that cannot be read is followed by another one.
  }
  setTimeout(look, 150);
}

function read(text) {
  const now = Date.now();
  if (text === last.text && now - last.at < AGAIN_AFTER) return;
  last = { text, at: now };
  code.value = text;
  navigator.vibrate?.(60);
  form.requestSubmit();
}
