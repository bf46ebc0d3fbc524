// A file dropped anywhere on the page is chosen in the field marked data-drop. Without this, one dropped beside the field
// would be opened by the browser in place of the page, and what was typed would be lost. The field itself works without a script.
// A file in the clipboard, such as a screenshot, is pasted into the same field.
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

  // A screenshot is pasted (Ctrl+V), where a field takes files; text goes where it is written.
  document.addEventListener("paste", function (event) {
    var data = event.clipboardData;
    if (!data || !data.files.length || data.types.indexOf("text/plain") >= 0) return;
    event.preventDefault();
    var taken = new DataTransfer();
    if (field.multiple) Array.prototype.forEach.call(field.files, function (one) { taken.items.add(one); });
    var pasted = field.multiple ? data.files : [data.files[0]];
    Array.prototype.forEach.call(pasted, function (one) { taken.items.add(named(one)); });
    var fold = field.closest("details");
    if (fold) fold.open = true;
    field.files = taken.files;
    field.focus();
    field.dispatchEvent(new Event("change", { bubbles: true }));
    if (hint) hint.textContent = hint.dataset.taken + " " + names(field.files);
  });

  // Browsers call every screenshot image.png; the moment tells one from the next.
  function named(file) {
    if (!/^image\.\w+$/.test(file.name)) return file;
    var moment = new Date().toISOString().slice(0, 19).replace("T", "-").replace(/:/g, "");
    return new File([file], "screenshot-" + moment + file.name.slice(5), { type: file.type });
  }

  function names(files) {
    return Array.prototype.map.call(files, function (one) { return one.name; }).join(", ");
  }

  var hint = form.querySelector("[data-paste-hint]");
  if (hint) hint.hidden = false;

  function clear() { field.setCustomValidity(""); }
  field.addEventListener("change", clear);
  field.addEventListener("blur", clear);
})();
