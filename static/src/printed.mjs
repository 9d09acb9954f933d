// A record that is printed leaves the portal: the trail is told, by menu, key or button alike.
const place = document.querySelector("[data-printed]");
const token = document.querySelector("[name=csrfmiddlewaretoken]");

if (place && token) {
  addEventListener("beforeprint", () => {
    const body = new FormData();
    body.set("csrfmiddlewaretoken", token.value);
    navigator.sendBeacon(place.dataset.printed, body);
  });
}
