{% load static %}// Keeps one page for when there is no network, and on a tablet at the machines the page of that.
// Everything else always comes from the server: a calendar of yesterday would be worse than none.
const PAGE = "{% url "offline" %}";
const TABLET = "{% url "booking:kiosk" %}";
const KEPT = [
  PAGE,
  "{% static "css/tokens.css" %}",
  "{% static "css/base.css" %}",
  "{% static "css/layout.css" %}",
  "{% static "css/components.css" %}",
  "{% static "css/fields.css" %}",
  "{% static "css/cards.css" %}",
  "{% static "css/kiosk.css" %}",
  "{% static "js/kiosk.js" %}",
  "{% static "js/kiosk-queue.js" %}",
  "{% static "img/icon.svg" %}",
];
const CACHE = "offline";

async function keep() {
  await caches.delete(CACHE);
  const cache = await caches.open(CACHE);
  // Asked for by nobody in particular: who is signed in does not belong into a cache.
  await cache.addAll(KEPT.map((path) => new Request(path, { credentials: "omit" })));
}

// The page of a tablet that is paired says nothing of anybody, so it may be kept as it came.
async function keepTablet(response) {
  if (!response.ok || !response.headers.has("X-Kiosk")) return;
  await (await caches.open(CACHE)).put(TABLET, response);
}

async function tablet(request) {
  try {
    // Whoever stands there does not wait for a network that does not answer.
    const response = await fetch(request, { signal: AbortSignal.timeout(6000) });
    await keepTablet(response.clone());
    return response;
  } catch (error) {
    const kept = await caches.match(TABLET, { ignoreVary: true });
    return kept ?? answer(request, PAGE);
  }
}

async function answer(request, otherwise) {
  try {
    return await fetch(request);
  } catch (error) {
    return (await caches.match(otherwise, { ignoreVary: true })) ?? Response.error();
  }
}

async function begin() {
  await keep();
  await fetch(TABLET).then(keepTablet, () => {});
}

self.addEventListener("install", (event) => {
  // Pages are asked for here, and not of the network at the same time: that would answer first
  // that there is none.
  event.addRoutes?.({ condition: { requestMode: "navigate" }, source: "fetch-event" });
  event.waitUntil(begin());
});
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("fetch", (event) => {
  const { request } = event;
  const path = new URL(request.url).pathname;
  const isTablet = path === TABLET && request.method === "GET";
  if (request.mode === "navigate" && isTablet) event.respondWith(tablet(request));
  else if (request.mode === "navigate") event.respondWith(answer(request, PAGE));
  else if (KEPT.includes(path)) event.respondWith(answer(request, path));
});

// What is pushed to this browser (notifications/channels/webpush.py). A second copy of a message
// has the tag of the first, and takes its place.
self.addEventListener("push", (event) => {
  const { title, body, url, tag, lang } = event.data.json();
  const icon = "{% static "img/icon.svg" %}";
  event.waitUntil(
    self.registration.showNotification(title, { body, tag, lang, icon, data: { url } }),
  );
});

async function show(url) {
  const windows = await self.clients.matchAll({ type: "window" });
  const open = windows.find((each) => each.url === url);
  await (open ? open.focus() : self.clients.openWindow(url));
}

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(show(event.notification.data.url));
});
