// Live parts of a page (htmx does the asking). A part that has not changed is answered with 304 and stays as it is:
// focus and scroll position with it. This file sends what is known, and says how old the figures are.
(function () {
  "use strict";

  function part(event) {
    var element = event.detail.elt;
    return element && element.dataset && element.dataset.live ? element : null;
  }

  function say(live, text, lost) {
    var state = document.getElementById(live.dataset.live);
    if (!state) return;
    if (text) state.querySelector("[data-as-of]").textContent = text;
    state.querySelector("[data-lost]").hidden = !lost;
  }

  document.addEventListener("htmx:configRequest", function (event) {
    var live = part(event);
    if (live && live.dataset.etag) event.detail.headers["If-None-Match"] = live.dataset.etag;
  });

  document.addEventListener("htmx:afterRequest", function (event) {
    var live = part(event);
    if (!live) return;
    var status = event.detail.xhr.status;
    var known = status === 200 || status === 304;
    say(live, known ? event.detail.xhr.getResponseHeader("As-Of") : "", !known);
  });

  // A choice in a filter is not sent until asked for; addresses are copied by a button where the browser can.
  document.addEventListener("click", function (event) {
    var button = event.target.closest("[data-copy]");
    if (!button || !navigator.clipboard) return;
    var source = document.getElementById(button.dataset.copy);
    navigator.clipboard.writeText(source.textContent.trim()).then(function () {
      button.textContent = button.dataset.copied || "Copied";
    });
  });
})();
