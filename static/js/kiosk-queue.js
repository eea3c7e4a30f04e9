// Keeps what is done at this tablet until the server has answered, and sends it in order.
// What somebody did comes as a `kiosk:act` event, and its answer goes back as `kiosk:answer`; how
// many entries still wait, or were put aside because the server can do nothing with them, is told
// as `kiosk:waiting`; what was put aside is tried again another day. An entry is sent with the same
// key until it is answered, so the server does it once. Who did it is sealed for just that
// (booking/sealing.py): in the tablet nobody can read it, or make anything else of it. Whether more
// time is free is known only now, so an extension is asked for at once and never kept.

const form = document.querySelector("form[data-entries]");
const EVERY = 10_000;
const PATIENCE = 8_000;
// Each is a PIN to be checked: so many are answered before PATIENCE is over.
const AT_ONCE = 20;
const ANOTHER_DAY = 24 * 3_600_000;

const base64 = (bytes) => btoa(String.fromCharCode(...new Uint8Array(bytes)));
const bytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));

async function sealed(told, purpose) {
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
  const bound = { name: "AES-GCM", iv, additionalData: text.encode(purpose) };
  const box = await subtle.encrypt(bound, key, text.encode(JSON.stringify(told)));
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

// What the server could not take is not in the way of what comes after it.
const isAside = ({ aside }) => Math.abs(Date.now() - (aside ?? -Infinity)) < ANOTHER_DAY;
const waiting = async () => (await kept()).filter((entry) => !isAside(entry));

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
  if (response.status === 500) throw new Error("broken");
  if (!response.ok) throw new Error(response.status === 403 ? "unpaired" : "failed");
  return response.json();
}

// Where the server fails at one of them the others are sent alone, and that one stays here.
async function postEach(entries, awaited) {
  try {
    return (await post(entries, awaited)).answers;
  } catch (error) {
    if (error.message !== "broken") throw error;
    if (entries.length === 1) return [];
    const answers = [];
    for (const entry of entries) answers.push(...(await postEach([entry], awaited)));
    return answers;
  }
}

// What gets no answer this time holds up nothing behind it.
async function sendAll(awaited) {
  const sent = new Set();
  const next = async () => (await waiting()).filter(({ key }) => !sent.has(key)).slice(0, AT_ONCE);
  let found = null;
  let why = "";
  try {
    for (let entries = await next(); entries.length; entries = await next()) {
      const answers = await postEach(entries, awaited);
      for (const { key } of entries) sent.add(key);
      for (const answer of answers) {
        const entry = answer.is_put_aside && entries.find(({ key }) => key === answer.key);
        await (entry ? keep({ ...entry, aside: Date.now() }) : forget(answer.key));
        if (answer.key === awaited) found = answer;
      }
    }
  } catch (error) {
    why = error.message === "unpaired" ? "unpaired" : "offline";
  }
  const aside = (await kept()).filter(isAside).length;
  say("kiosk:waiting", { count: (await waiting()).length, aside, why });
  return found;
}

// One after the other: two at once would only be answered twice. A store that fails once does not
// stop what comes after.
let line = Promise.resolve();
function send(awaited) {
  line = line.then(() => sendAll(awaited)).catch(() => null);
  return line;
}

async function askedNow(entry) {
  await send();
  const { answers } = await post([entry], entry.key).catch(() => ({ answers: [] }));
  return answers[0] ?? null;
}

const wasKept = (entry) => keep(entry).then(() => true, () => false);

async function act({ act, machine, ...told }) {
  const [key, at] = [crypto.randomUUID(), Date.now()];
  const entry = { key, act, machine, at };
  try {
    entry.sealed = await sealed(told, [key, act, machine, at].join("/"));
  } catch {
    // Unsealed it is neither kept nor sent, and who stands there has to know.
    say("kiosk:answer", { answer: null, act, at, isKept: false });
    return;
  }
  // A store that is full, or not allowed, keeps nobody from asking while there is a network.
  const isKept = act !== "extend" && (await wasKept(entry));
  const answer = await (isKept ? send(key) : askedNow(entry));
  say("kiosk:answer", { answer, act, at, isKept });
}

if (form && window.isSecureContext && window.indexedDB) {
  document.addEventListener("kiosk:act", (event) => act(event.detail));
  addEventListener("online", () => send());
  setInterval(async () => (await waiting()).length && send(), EVERY);
  send();
}
