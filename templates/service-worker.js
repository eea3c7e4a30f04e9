{% load static %}// Keeps one page for when there is no network. Everything else always comes from the server:
// a calendar of yesterday would be worse than none.
const PAGE = "{% url "offline" %}";
const KEPT = [
  PAGE,
  "{% static "css/tokens.css" %}",
  "{% static "css/base.css" %}",
  "{% static "css/layout.css" %}",
  "{% static "css/components.css" %}",
  "{% static "img/icon.svg" %}",
];
const CACHE = "offline";

async function keep() {
  await caches.delete(CACHE);
  const cache = await caches.open(CACHE);
  // Asked for by nobody in particular: who is signed in does not belong into a cache.
  await cache.addAll(KEPT.map((path) => new Request(path, { credentials: "omit" })));
}

async function answer(request, otherwise) {
  try {
    return await fetch(request);
  } catch (error) {
    return (await caches.match(otherwise, { ignoreVary: true })) ?? Response.error();
  }
}

self.addEventListener("install", (event) => event.waitUntil(keep()));
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("fetch", (event) => {
  const { request } = event;
  const path = new URL(request.url).pathname;
  if (request.mode === "navigate") event.respondWith(answer(request, PAGE));
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
