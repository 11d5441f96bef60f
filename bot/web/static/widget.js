/* Puts the chat onto a page: <script src="https://…/widget.js" async></script> */
(function () {
  "use strict";
  var script = document.currentScript;
  if (!script || window.haidangWidget) return;
  window.haidangWidget = true;
  var base = new URL(script.src).origin;
  var address = base + "/chat?embed=1" + ("__LANG__" === "en" ? "&lang=en" : "");

  function set(element, styles) {
    for (var name in styles) element.style.setProperty(name, styles[name], "important");
  }

  var button = document.createElement("button");
  button.type = "button";
  button.textContent = "__OPEN__";
  button.setAttribute("aria-expanded", "false");
  set(button, {
    position: "fixed", right: "16px", bottom: "16px", "z-index": "2147483000", "min-height": "52px", padding: "0 20px",
    border: "2px solid #fff", "border-radius": "999px", background: "#0b3d63", color: "#fff", cursor: "pointer",
    font: "600 17px/1.2 system-ui, sans-serif", "box-shadow": "0 4px 16px rgba(0,0,0,.35)"
  });

  var frame = null;
  function toggle() {
    if (!frame) {
      frame = document.createElement("iframe");
      frame.title = "__OPEN__";
      frame.allow = "geolocation";
      frame.src = address;
      set(frame, {
        position: "fixed", right: "max(0px, min(16px, calc(100vw - 400px)))", bottom: "80px", "z-index": "2147483000",
        width: "min(400px, 100vw)", height: "min(640px, calc(100vh - 96px))", border: "1px solid #0b3d63",
        "border-radius": "12px", background: "#fff", "box-shadow": "0 12px 40px rgba(0,0,0,.35)", display: "none"
      });
      document.body.appendChild(frame);
    }
    var open = frame.style.display === "none";
    set(frame, { display: open ? "block" : "none" });
    button.textContent = open ? "__CLOSE__" : "__OPEN__";
    button.setAttribute("aria-expanded", String(open));
  }
  button.addEventListener("click", toggle);

  function start() { document.body.appendChild(button); }
  if (document.body) start(); else document.addEventListener("DOMContentLoaded", start);
})();
