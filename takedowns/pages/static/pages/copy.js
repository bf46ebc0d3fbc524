// Copies the text of an element to the clipboard. Its button is hidden where there is no script; the text can be marked by hand.
(function () {
  "use strict";

  if (!navigator.clipboard) return;
  document.querySelectorAll("[data-copies]").forEach(function (button) {
    var before = button.innerHTML, from = document.getElementById(button.dataset.copies);
    button.hidden = false;
    button.addEventListener("click", function () {
      navigator.clipboard.writeText(from.textContent.trim()).then(function () {
        button.textContent = button.dataset.copied;
        setTimeout(function () { button.innerHTML = before; }, 2000);
      });
    });
  });
})();
