// The hour of an order, counted down between two loads of the page. Without it the page shows how it stood when loaded.
(function () {
  "use strict";

  function said(seconds) {
    if (seconds < 60) return seconds + " s";
    var minutes = Math.floor(seconds / 60);
    if (minutes < 60) return minutes + " min";
    var hours = Math.floor(minutes / 60);
    return hours + " h " + String(minutes % 60).padStart(2, "0") + " min";
  }

  function tick() {
    document.querySelectorAll("[data-due]").forEach(function (element) {
      var seconds = Math.round((Date.parse(element.dataset.due) - Date.now()) / 1000);
      var words = seconds >= 0 ? element.dataset.left : element.dataset.over;
      element.textContent = words.replace("…", said(Math.abs(seconds)));
      element.classList.toggle("over", seconds < 0);
    });
  }

  tick();
  setInterval(tick, 1000);
})();
