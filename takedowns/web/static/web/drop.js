// A file dropped anywhere on the page is chosen in the field marked data-drop. Without this, one dropped beside the field
// would be opened by the browser in place of the page, and what was typed would be lost. The field itself works without a script.
(function () {
  "use strict";

  var field = document.querySelector("input[type=file][data-drop]");
  if (!field) return;
  var form = field.closest("form");

  function carriesFiles(event) {
    return event.dataTransfer && Array.prototype.indexOf.call(event.dataTransfer.types, "Files") >= 0;
  }

  document.addEventListener("dragover", function (event) {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = "copy";
    form.classList.add("takes-drop");
  });

  document.addEventListener("dragleave", function (event) {
    if (!event.relatedTarget) form.classList.remove("takes-drop");
  });

  document.addEventListener("drop", function (event) {
    form.classList.remove("takes-drop");
    if (!carriesFiles(event)) return;
    event.preventDefault();
    var dropped = event.dataTransfer.files;
    if (!dropped.length) return;
    var taken = new DataTransfer();
    for (var place = 0; place < (field.multiple ? dropped.length : 1); place += 1) taken.items.add(dropped[place]);
    field.files = taken.files;
    field.dispatchEvent(new Event("change", { bubbles: true }));
    var fold = field.closest("details");
    if (fold) fold.open = true;
    field.focus();
  });
})();
