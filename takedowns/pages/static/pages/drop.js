// A file dropped anywhere on the page is chosen in the field marked data-drop. Without this, one dropped beside the field
// would be opened by the browser in place of the page, and what was typed would be lost. The field itself works without a script.
// Of several files on a field for one none is taken, and the field says so: nobody should think that all of them are in.
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
    var fold = field.closest("details");
    if (fold) fold.open = true;
    field.focus();
    if (dropped.length > 1 && !field.multiple) {
      field.setCustomValidity(field.dataset.drop);
      field.reportValidity();
      return;
    }
    field.files = dropped;
    field.dispatchEvent(new Event("change", { bubbles: true }));
  });

  function clear() { field.setCustomValidity(""); }
  field.addEventListener("change", clear);
  field.addEventListener("blur", clear);
})();
