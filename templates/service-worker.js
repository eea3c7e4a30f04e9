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
