/* Puts the chat onto a page of any site: <script src="https://…/widget.js" async></script>
   data-lang="vi|en"  data-position="right|left"  data-colour="#0b3d63"
   A closed book to the page around it: a shadow tree for the button, a frame for the chat. Old browsers in mind: no modules. */
(function () {
  "use strict";
  var script = document.currentScript || document.querySelector('script[src*="/widget.js"]');
  if (!script || window.haidangWidget) return;
  var config = JSON.parse("__CONFIG__");
  var base = new URL(script.src).origin;
  var given = script.dataset;
  var lang = given.lang || (/^en\b/i.test(document.documentElement.lang) ? "en" : "vi");
  var words = config.words[lang] || config.words.vi;
  var left = given.position === "left";
  var address = base + "/chat?" + (lang === "en" ? "lang=en&" : "") + "embed=1";
  var PATIENCE = 15000; // after so long without a word from the frame the numbers stand there instead
  var MEMORY = "haidang.widget";

  // --- what is remembered while the visitor goes from page to page: nothing of what was said ------------------------
  var state = { open: false, used: false };
  try { Object.assign(state, JSON.parse(sessionStorage.getItem(MEMORY))); } catch (_) { /* blocked or broken */ }
  function remember(change) {
    Object.assign(state, change);
    try { sessionStorage.setItem(MEMORY, JSON.stringify(state)); } catch (_) { /* then for this page alone */ }
  }

  // --- colours ------------------------------------------------------------------------------------------------------
  var hex = /^#?([0-9a-f]{6})$/i.exec(given.colour || given.color || "");
  var colour = "#" + (hex ? hex[1] : "0b3d63");
  var parts = [1, 3, 5].map(function (at) {
    var part = parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : Math.pow((part + 0.055) / 1.055, 2.4);
  });
  // WCAG's luminance: whichever of white and black stands out more
  var ink = 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2] > 0.179 ? "#000" : "#fff";

  var side = left ? "left" : "right";
  var edge = "max(16px, env(safe-area-inset-" + side + ", 0px))";
  var floor = "max(16px, env(safe-area-inset-bottom, 0px))";
  var css =
    ":host{--c:" + colour + ";--i:" + ink + "}" +
    "*{box-sizing:border-box}" +
    "button{font:600 17px/1.2 system-ui,-apple-system,'Segoe UI',Roboto,'Noto Sans',Arial,sans-serif;cursor:pointer;margin:0;-webkit-tap-highlight-color:transparent}" +
    "button:focus-visible,a:focus-visible{outline:3px solid #ffb000;outline-offset:2px}" +
    ".launch{position:fixed;" + side + ":" + edge + ";bottom:" + floor + ";display:flex;align-items:center;gap:10px;min-height:60px;min-width:60px;padding:0 22px 0 14px;border:2px solid var(--i);border-radius:999px;background:var(--c);color:var(--i);box-shadow:0 4px 16px rgba(0,0,0,.35)}" +
    ".launch svg{width:32px;height:32px;flex:none}" +
    ".badge{position:absolute;top:-6px;" + side + ":-2px;min-width:26px;height:26px;padding:0 7px;border:2px solid #fff;border-radius:999px;background:#c81e1e;color:#fff;font-size:15px;line-height:22px;text-align:center}" +
    ".panel{position:fixed;" + side + ":" + edge + ";bottom:calc(" + floor + " + 72px);width:min(400px,calc(100vw - 32px));height:min(680px,calc(100vh - 104px));height:min(680px,calc(100dvh - 104px));border:2px solid var(--c);border-radius:14px;overflow:hidden;background:#f4f7fa;color:#10202e;box-shadow:0 12px 40px rgba(0,0,0,.4);font:17px/1.5 system-ui,-apple-system,'Segoe UI',Roboto,'Noto Sans',Arial,sans-serif;visibility:hidden;opacity:0}" +
    ".panel.open{visibility:visible;opacity:1}" +
    "iframe{position:absolute;inset:0;width:100%;height:100%;border:0;background:transparent;color-scheme:light}" +
    ".close{position:absolute;top:8px;right:6px;z-index:1;width:46px;height:46px;padding:0;border:0;border-radius:8px;background:#0b3d63;color:#fff}" +
    ".close svg{width:26px;height:26px;vertical-align:middle}" +
    ".wait{padding:72px 20px 20px}.wait p{margin:0 0 14px}.wait a{display:inline-block;padding:10px 0;color:#0b3d63;font-weight:700}.wait a.call{margin-right:20px;color:#991515;font-size:22px}" +
    "[hidden]{display:none!important}" +
    ".quiet{position:absolute;width:1px;height:1px;margin:-1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}" +
    "@media (max-width:479.9px){.panel{inset:0;width:100%;height:100%;height:100dvh;border:0;border-radius:0;padding-top:env(safe-area-inset-top,0px);background:#0b3d63}.panel iframe{inset:env(safe-area-inset-top,0px) 0 0;height:calc(100% - env(safe-area-inset-top,0px))}.wait{height:100%;background:#f4f7fa}.panel.open~.launch{visibility:hidden}.close{top:calc(env(safe-area-inset-top,0px) + 7px)}}" +
    "@media (prefers-reduced-motion:no-preference){.panel{transition:opacity .15s}}" +
    "@media print{.launch,.panel{display:none}}";

  function make(tag, values, inside) {
    var made = document.createElement(tag);
    for (var name in values) {
      if (name === "text") made.textContent = values[name];
      else made.setAttribute(name, values[name]);
    }
    if (inside) inside.appendChild(made);
    return made;
  }

  // Drawn node by node: a page may forbid HTML from strings (Trusted Types).
  function picture(paths, inside) {
    var NS = "http://www.w3.org/2000/svg";
    var svg = document.createElementNS(NS, "svg");
    var fixed = { viewBox: "0 0 24 24", fill: "none", stroke: "currentColor", "stroke-width": "2", "stroke-linecap": "round", "stroke-linejoin": "round", "aria-hidden": "true" };
    for (var name in fixed) svg.setAttribute(name, fixed[name]);
    paths.forEach(function (d) {
      var path = document.createElementNS(NS, "path");
      path.setAttribute("d", d);
      svg.appendChild(path);
    });
    inside.appendChild(svg);
  }

  // --- the button and the panel ---------------------------------------------------------------------------------------
  var host = document.createElement("haidang-chat");
  // Whatever the page says of every element: an inline !important comes before all its rules.
  var plain = { all: "initial", display: "block", position: "fixed", width: "0", height: "0", "z-index": "2147483000", visibility: "visible", opacity: "1", "pointer-events": "auto", contain: "none", overflow: "visible", inset: "auto" };
  for (var property in plain) host.style.setProperty(property, plain[property], "important");
  host.lang = lang;
  var root = host.attachShadow({ mode: "open" });
  try { // isn't touched by the page's Content-Security-Policy, as a <style> would be
    var sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    root.adoptedStyleSheets = [sheet];
  } catch (_) {
    make("style", { text: css }, root);
  }

  var panel = make("div", { class: "panel", role: "dialog", "aria-modal": "true", "aria-label": words.title, id: "panel" }, root);
  panel.inert = true;
  var before = make("span", { tabindex: "0", class: "quiet" }, panel);
  var close = make("button", { type: "button", class: "close", "aria-label": words.close }, panel);
  picture(["M6 6l12 12M18 6L6 18"], close);
  var wait = make("div", { class: "wait" }, panel);
  var waitText = make("p", { role: "status", text: words.loading }, wait);
  var numbers = make("p", { hidden: "" }, wait);
  config.phones.forEach(function (phone) { make("a", { class: "call", href: phone.href, text: phone.number }, numbers); });
  var whole = make("a", { hidden: "", href: base + "/chat" + (lang === "en" ? "?lang=en" : ""), target: "_blank", rel: "noopener", text: words.whole }, wait);
  var frame = null;
  var after = make("span", { tabindex: "0", class: "quiet" }, panel);

  var launch = make("button", { type: "button", class: "launch", "aria-haspopup": "dialog", "aria-expanded": "false", "aria-controls": "panel" }, root);
  picture(["M9 8h6l1.5 13h-9z", "M9.5 8V5h5v3M12 5V3M8.6 13h6.8M4 6l3 .8M20 6l-3 .8M5 21h14"], launch);
  make("span", { text: words.open }, launch);
  var badge = make("span", { class: "badge", hidden: "", "aria-hidden": "true" }, launch);
  var news = make("span", { class: "quiet", role: "status" }, root);

  // --- the frame ------------------------------------------------------------------------------------------------------
  var ready = false;
  function tell(message, more) {
    if (ready) frame.contentWindow.postMessage(Object.assign({ haidang: message }, more), base);
  }

  function load() {
    if (frame) return;
    frame = make("iframe", { title: words.title, allow: "geolocation", src: address });
    panel.insertBefore(frame, after);
    setTimeout(function () {
      if (ready) return;
      waitText.textContent = words.away;
      numbers.hidden = whole.hidden = false;
      frame.style.pointerEvents = "none"; // an error page or nothing: the links below it are to be reached
      frame.style.visibility = "hidden";
    }, PATIENCE);
  }

  addEventListener("message", function (event) {
    if (!frame || event.source !== frame.contentWindow || event.origin !== base || !event.data) return;
    var said = event.data;
    if (said.haidang === "ready") {
      ready = true; // also after a page of the frame was left for another one
      wait.hidden = true;
      frame.style.pointerEvents = frame.style.visibility = "";
      tell(state.open ? "open" : "closed");
      if (state.open && panel.contains(root.activeElement)) enter("start");
    } else if (said.haidang === "close") {
      shut();
    } else if (said.haidang === "used") {
      remember({ used: true });
    } else if (said.haidang === "unread" && typeof said.count === "number") {
      unread(state.open ? 0 : said.count);
    }
  });

  function unread(count) {
    badge.hidden = !count;
    badge.textContent = count > 9 ? "9+" : String(count);
    news.textContent = count ? words.unread.replace("{count}", count) : "";
    launch.setAttribute("aria-label", words.open + (count ? ", " + news.textContent : ""));
  }

  function enter(where) {
    if (!ready) {
      close.focus();
      return;
    }
    frame.focus();
    tell("focus", { where: where });
  }

  function open(quiet) {
    load();
    remember({ open: true });
    panel.inert = false;
    panel.classList.add("open");
    launch.setAttribute("aria-expanded", "true");
    unread(0);
    tell("open");
    if (!quiet) enter("start"); // a page that has just been opened doesn't take the keyboard by itself
  }

  function shut() {
    var inside = document.activeElement === host;
    remember({ open: false });
    panel.classList.remove("open");
    launch.setAttribute("aria-expanded", "false");
    if (inside) launch.focus();
    panel.inert = true;
    tell("closed");
  }

  launch.addEventListener("click", function () { if (state.open) shut(); else open(); });
  close.addEventListener("click", shut);
  panel.addEventListener("keydown", function (event) { if (event.key === "Escape") shut(); });
  // The keyboard stays within the open chat: out at one end is in at the other.
  before.addEventListener("focus", function () { enter("end"); });
  after.addEventListener("focus", function () { close.focus(); });

  // A keyboard on the screen takes its room from the visual viewport alone: the field must stay above it.
  var view = window.visualViewport;
  function fit() {
    var small = matchMedia("(max-width:479.9px)").matches && view.scale === 1;
    panel.style.height = small ? view.height + "px" : "";
    panel.style.top = small ? view.offsetTop + "px" : "";
  }
  if (view) {
    view.addEventListener("resize", fit);
    view.addEventListener("scroll", fit);
  }

  // --- onto the page --------------------------------------------------------------------------------------------------
  window.haidangWidget = { open: function () { open(); }, close: shut };
  function start() {
    document.documentElement.appendChild(host); // beside the body: what hides that doesn't hide this
    try { // in the browser's top layer no transform, opacity or z-index of the page reaches it
      host.setAttribute("popover", "manual");
      host.showPopover();
    } catch (_) {
      host.removeAttribute("popover");
    }
    if (view) fit();
    if (state.open) open(true);
    else if (state.used) setTimeout(load, 1500); // an answer may have come while the visitor went on to this page
  }
  function shown() {
    // A style sheet that hides everything hides the root as well, and nothing in it can be seen then. Not in a frame,
    // where that is a known defence against click-jacking.
    var html = document.documentElement;
    if (window.top === window && getComputedStyle(html).display === "none") html.style.setProperty("display", "block", "important");
  }
  if (document.body) start(); else document.addEventListener("DOMContentLoaded", start);
  if (document.readyState === "complete") shown(); else addEventListener("load", shown);
})();
