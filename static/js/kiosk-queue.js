// Keeps what is done at this tablet until the server has answered, and sends it in order.
// What somebody did comes as a `kiosk:act` event, and its answer goes back as `kiosk:answer`; how
// many entries still wait is told as `kiosk:waiting`. An entry is sent with the same key until it
// is answered, so the server does it once. Who did it is sealed (booking/sealing.py): in the
// tablet nobody can read it.

const form = document.querySelector("form[data-entries]");
const EVERY = 10_000;
const PATIENCE = 8_000;
const AT_ONCE = 50;

const base64 = (bytes) => btoa(String.fromCharCode(...new Uint8Array(bytes)));
const bytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));

async function sealed(told) {
  const { subtle } = crypto;
  const curve = { name: "ECDH", namedCurve: "P-256" };
  const theirs = await subtle.importKey("raw", bytes(form.dataset.publicKey), curve, false, []);
  const own = await subtle.generateKey(curve, true, ["deriveBits"]);
  const shared = await subtle.deriveBits({ name: "ECDH", public: theirs }, own.privateKey, 256);
  const base = await subtle.importKey("raw", shared, "HKDF", false, ["deriveKey"]);
  const text = new TextEncoder();
  const info = text.encode("etabli kiosk");
  const how = { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(), info };
  const aes = { name: "AES-GCM", length: 256 };
  const key = await subtle.deriveKey(how, base, aes, false, ["encrypt"]);
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const box = await subtle.encrypt({ name: "AES-GCM", iv }, key, text.encode(JSON.stringify(told)));
  const point = await subtle.exportKey("raw", own.publicKey);
  return [point, iv, box].map(base64).join(".");
}

// The store

function answered(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

function opened() {
  const request = indexedDB.open("kiosk", 1);
  request.onupgradeneeded = () => request.result.createObjectStore("entries", { keyPath: "key" });
  return answered(request);
}

async function inStore(mode, act) {
  const database = await opened();
  try {
    const transaction = database.transaction("entries", mode, { durability: "strict" });
    const done = new Promise((resolve, reject) => {
      transaction.oncomplete = resolve;
      transaction.onabort = () => reject(transaction.error);
    });
    const result = await answered(act(transaction.objectStore("entries")));
    await done;
    return result;
  } finally {
    database.close();
  }
}

async function kept() {
  const entries = await inStore("readonly", (store) => store.getAll());
  return entries.sort((one, other) => one.at - other.at);
}

const keep = (entry) => inStore("readwrite", (store) => store.put(entry));
const forget = (key) => inStore("readwrite", (store) => store.delete(key));

// Sending

const token = () => document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1] ?? "";

function say(name, detail) {
  document.dispatchEvent(new CustomEvent(name, { detail }));
}

async function post(entries, awaited) {
  const told = entries.map((entry) => ({ ...entry, awaited: entry.key === awaited }));
  const response = await fetch(form.dataset.entries, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-CSRFToken": token() },
    body: JSON.stringify({ sent_at: Date.now(), entries: told }),
    signal: AbortSignal.timeout(PATIENCE),
  });
  if (!response.ok) throw new Error(response.status === 403 ? "unpaired" : "failed");
  return response.json();
}

async function sendAll(awaited) {
  let found = null;
  let why = "";
  try {
    for (let entries = await kept(); entries.length; entries = await kept()) {
      const { answers } = await post(entries.slice(0, AT_ONCE), awaited);
      for (const answer of answers) {
        await forget(answer.key);
        if (answer.key === awaited) found = answer;
      }
      if (!answers.length) break;
    }
  } catch (error) {
    why = error.message === "unpaired" ? "unpaired" : "offline";
  }
  say("kiosk:waiting", { count: (await kept()).length, why });
  return found;
}

// One after the other: two at once would only be answered twice.
let line = Promise.resolve();
function send(awaited) {
  line = line.then(() => sendAll(awaited));
  return line;
}

async function act({ act, machine, ...told }) {
  const at = Date.now();
  const entry = { key: crypto.randomUUID(), act, machine, at, sealed: await sealed(told) };
  await keep(entry);
  say("kiosk:answer", { answer: await send(entry.key), at });
}

if (form && window.isSecureContext && window.indexedDB) {
  document.addEventListener("kiosk:act", (event) => act(event.detail));
  addEventListener("online", () => send());
  setInterval(async () => (await kept()).length && send(), EVERY);
  send();
}
