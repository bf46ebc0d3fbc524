// Pictures of evidence are blurred and grey until somebody wants to see them: one by its link, all of a page by one key, and back by the
// same. Only then the clear picture is asked for, which is recorded. Without this, the link leads to the page of the picture.
(function () {
  "use strict";

  var links = Array.prototype.slice.call(document.querySelectorAll("a.veiled[data-picture]"));
  var all = document.querySelector("[data-unveil]");
  if (!links.length) return;

  function show(link, clear) {
    var picture = link.querySelector("img");
    if (!link.dataset.blurred) {
      link.dataset.blurred = picture.getAttribute("src");
      link.dataset.blurredAlt = picture.alt;
    }
    picture.src = clear ? link.dataset.picture : link.dataset.blurred;
    picture.alt = clear ? link.dataset.alt : link.dataset.blurredAlt;
    link.classList.toggle("clear", clear);
  }

  links.forEach(function (link) {
    link.addEventListener("click", function (event) {
      if (event.ctrlKey || event.metaKey || event.shiftKey || link.classList.contains("clear")) return;
      event.preventDefault();
      show(link, true);
    });
  });

  if (all) {
    all.hidden = false;
    all.addEventListener("click", function () {
      var clear = !links.every(function (link) { return link.classList.contains("clear"); });
      links.forEach(function (link) { show(link, clear); });
      all.setAttribute("aria-pressed", String(clear));
    });
    all.setAttribute("aria-pressed", "false");
  }
})();
