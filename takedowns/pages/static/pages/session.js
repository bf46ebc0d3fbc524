// Says two minutes before a session ends that it will, and goes on with it at any key or the button. Without it the session
// ends just the same, and what is sent then comes back after signing in.
(function () {
  "use strict";

  var WARN = 120, AGAIN = 15;
  var box = document.querySelector("[data-session]");
  if (!box) return;
  var words = box.querySelector("p");
  var timer = 0;

  box.querySelector("button").addEventListener("click", extend);
  document.addEventListener("keydown", function (event) {
    if (!box.hidden && !/^(Shift|Control|Alt|Meta|CapsLock)$/.test(event.key)) extend();
  });
  wait(Number(box.dataset.seconds));

  function wait(seconds) {
    box.hidden = true;
    clearTimeout(timer);
    timer = setTimeout(look, Math.max(seconds - WARN, 1) * 1000);
  }

  // It may have been used in another window meanwhile.
  function look() {
    ask(box.dataset.live, function (left) {
      if (left > WARN) { wait(left); return; }
      if (box.hidden) { words.textContent = box.dataset.ends; box.hidden = false; }
      timer = setTimeout(look, AGAIN * 1000);
    });
  }

  function extend() { ask(box.dataset.session, wait); }

  function ask(address, then) {
    fetch(address, { credentials: "same-origin", redirect: "manual", cache: "no-store" }).then(function (answer) {
      if (answer.ok) { answer.json().then(function (told) { then(told.left); }); return; }
      if (answer.type !== "opaqueredirect") return;
      words.textContent = box.dataset.ended;
      box.querySelector("button").hidden = true;
      box.hidden = false;
    }).catch(function () { timer = setTimeout(look, AGAIN * 1000); });
  }
})();
