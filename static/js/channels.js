// Lets this browser be told: asks for leave, subscribes, and hands the subscription to the form.

const form = document.querySelector("form[data-push-key]");
const isAble = "serviceWorker" in navigator && "PushManager" in window && "Notification" in window;

function say(what) {
  for (const each of document.querySelectorAll("[data-push]")) {
    each.hidden = each.dataset.push !== what;
  }
}

function bytes(text) {
  const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
}

async function subscribed(key) {
  await navigator.serviceWorker.register("/service-worker.js");
  const { pushManager } = await navigator.serviceWorker.ready;
  const wanted = { userVisibleOnly: true, applicationServerKey: bytes(key) };
  try {
    return await pushManager.subscribe(wanted);
  } catch (error) {
    // It knows us by another key, from before this installation had this one.
    if (error.name !== "InvalidStateError") throw error;
    await (await pushManager.getSubscription())?.unsubscribe();
    return pushManager.subscribe(wanted);
  }
}

async function add() {
  if ((await Notification.requestPermission()) !== "granted") return say("denied");
  const { endpoint, keys } = (await subscribed(form.dataset.pushKey)).toJSON();
  form.elements.url.value = endpoint;
  form.elements.p256dh.value = keys.p256dh;
  form.elements.auth.value = keys.auth;
  form.submit();
}

if (form) {
  form.hidden = !isAble;
  say(isAble ? "" : "unable");
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    add().catch((error) => {
      console.info(error);
      say("failed");
    });
  });
}
