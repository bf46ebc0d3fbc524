// Single-key shortcuts. An element names its key in data-key: buttons and links are pressed, fields take the focus,
// a box is ticked. A switch turns them off (WCAG 2.1.4), on the pages that have more of them and on the page that lists
// them all; the browser remembers it.
(function () {
  "use strict";

  var STORE = "takedowns-keys";
  var control = document.querySelector("[data-keys-switch]");
  var on = remembered() !== "off";
  if (control) {
    control.checked = on;
    control.closest("[hidden]").hidden = false;
    control.addEventListener("change", function () {
      on = control.checked;
      try { window.localStorage.setItem(STORE, on ? "on" : "off"); } catch (error) { /* for this page only */ }
      say();
    });
  }
  say();

  function remembered() {
    try { return window.localStorage.getItem(STORE); } catch (error) { return null; }
  }

  function say() {
    document.documentElement.dataset.keys = on ? "on" : "off";
  }

  function isWriting(element) {
    return element.isContentEditable || /^(SELECT|TEXTAREA)$/.test(element.tagName)
      || (element.tagName === "INPUT" && !/^(checkbox|radio|button|submit)$/.test(element.type));
  }

  document.addEventListener("keydown", function (event) {
    if (event.key === "Escape" && isWriting(event.target)) { event.target.blur(); return; }
    if (!on || event.ctrlKey || event.altKey || event.metaKey || event.repeat || isWriting(event.target)) return;
    var found = document.querySelector('[data-key="' + CSS.escape(event.key) + '"]');
    if (!found || !found.getClientRects().length) return;
    event.preventDefault();
    if (/^(A|BUTTON)$/.test(found.tagName)) { found.click(); return; }
    found.focus();
    if (found.type === "checkbox") found.click();
    if (found.select && /^(text|search)$/.test(found.type)) found.select();
  });
})();
