// The chat page: reads what the visitor does, shows what the server says.

import { Api } from "./api.js";
import { Embedding } from "./embedding.js";
import { Memory, random } from "./memory.js";
import { Outbox } from "./outbox.js";
import { Photos } from "./photos.js";
import { View } from "./view.js";

const SOON = 3_000; // pause between pulls while an answer is due, or without the event stream
const LATER = 15_000; // with the event stream, in case the answer was sent by another process
const IDLE = 60_000; // a page that nobody looks at
const ANSWER_DUE = 60_000;
const EXCHANGE = 6_000; // replies within so long belong to what was just written
const THINKING = 20_000; // no longer than this does the page promise an answer at once

const $ = (id) => document.getElementById(id);
const { lang, limit, photoLimit, texts, phones } = JSON.parse($("config").textContent);
const log = $("log");
const text = $("text");

const memory = new Memory();
const api = new Api(memory.token, lang);
const view = new View(log, texts, phones, (id) => api.photo(id));
const embedding = new Embedding(looked);

let cursor = "";
let lastAt = "";
let streaming = false;
let pulling = null;
let wanted = false;
let pullTimer = null;
let askedAt = 0;
let opened = false;
let wroteAt = 0;
let pinned = false;
let thinkingTimer = null;

// --- what is on the way out ---------------------------------------------------------------------------------------

const outbox = new Outbox({
  memory,
  api,
  onState(id, state, reason) {
    view.state(id, state, reason, null, unsentActs);
    if (state === "failed") stay();
  },
  onTrouble: banner,
  onSent() {
    askedAt = Date.now();
    thinking("thinking");
    pull();
  },
});

const unsentActs = { retry: (id) => outbox.retry(id), discard: (id) => outbox.discard(id) };

function send(kind, fields, shown) {
  const message = { id: random(16), lang, kind, ...fields };
  own(message.id, kind, shown);
  outbox.add(message);
}

// Shows the visitor's own words at once.
function own(id, kind, shown, picture) {
  wroteAt = Date.now();
  pinned = false;
  $("quick").hidden = true;
  if (memory.lasting) embedding.tell("used"); // else there is nothing to come back to on the site's next page
  view.own({ id, kind, text: shown, picture });
  view.state(id, "sending");
  log.scrollTop = log.scrollHeight;
}

const photos = new Photos({
  api,
  view,
  texts,
  limit: photoLimit,
  onOwn: (id, caption, picture) => own(id, "photo", caption, picture),
  onPost: (id, caption) => outbox.add({ id, lang, kind: "photo", caption }),
  hint,
});

function hint(words) {
  $("hint").textContent = words;
  $("hint").hidden = !words;
}

function banner(trouble) {
  const kind = trouble || (memory.lasting ? "" : "storage");
  const shown = $("banner");
  shown.hidden = !kind;
  if (kind && shown.dataset.kind !== kind) shown.textContent = texts[`ui.${kind}`];
  shown.dataset.kind = kind;
}

function thinking(kind) {
  const shown = $("thinking");
  clearTimeout(thinkingTimer);
  if (kind) thinkingTimer = setTimeout(() => thinking(""), THINKING);
  shown.hidden = !kind;
  shown.textContent = kind ? texts[`ui.${kind}`] : "";
}

// --- what comes in ------------------------------------------------------------------------------------------------

const acts = {
  press: ({ data, label, of }) => send("press", { data, label: label.slice(0, 200), of }, label),
};

// One pull at a time; a bell that rings meanwhile makes for another one afterwards.
async function pull() {
  wanted = true;
  pulling ??= (async () => {
    clearTimeout(pullTimer);
    try {
      while (wanted) {
        wanted = false;
        await read();
      }
    } finally {
      // Whatever one row did to the page, the next pull comes.
      pulling = null;
      const due = Date.now() - askedAt < ANSWER_DUE;
      pullTimer = setTimeout(pull, document.hidden ? IDLE : due || !streaming ? SOON : LATER);
    }
  })();
  await pulling;
}

async function read() {
  let page;
  try {
    page = await api.pull(cursor);
  } catch {
    banner(navigator.onLine ? "trouble" : "offline");
    return;
  }
  banner("");
  const first = !opened;
  opened = true;
  const near = atEnd();
  let latest = null;
  let rescue = null;
  let news = 0;
  for (const item of page.items) {
    const bubble = view.add(item, acts);
    if (item.location) askPosition(item.location);
    if (item.no_location || item.kind === "location") askPosition("");
    if (bubble && item.from === "us") {
      latest = bubble;
      if (item.at > memory.seen) news += 1;
      if (item.location) rescue ??= bubble;
    }
  }
  if (page.items.length) $("quick").hidden = true;
  if (latest) {
    thinking("");
    askedAt = 0;
  }
  const answering = Date.now() - wroteAt < EXCHANGE;
  if (rescue && answering) {
    show(rescue);
    if (!atEnd()) newBelow();
    pinned = true; // what follows at once must not push the numbers out of sight
  } else if (first && !answering) {
    show(null);
  } else if (latest && pinned && answering) {
    if (!atEnd()) newBelow();
  } else if (latest && (near || answering)) {
    show(latest);
  } else if (latest) {
    newBelow();
  }
  cursor = page.cursor || cursor;
  lastAt = page.items.at(-1)?.at ?? lastAt;
  if (embedding.open) memory.see(lastAt);
  else embedding.count(embedding.unread + news);
}

// The widget around this page was opened: what came meanwhile counts as seen, and stands in sight.
function looked() {
  memory.see(lastAt);
  log.scrollTop = log.scrollHeight;
}

const atEnd = () => log.scrollHeight - log.scrollTop - log.clientHeight < 120;

function stay() {
  if (atEnd()) log.scrollTop = log.scrollHeight;
}

// To the end; but the beginning of an answer that is longer than the window must not run out of it.
function show(bubble) {
  log.scrollTop = log.scrollHeight;
  if (!bubble) return;
  const above = bubble.getBoundingClientRect().top - log.getBoundingClientRect().top;
  if (above < 0) log.scrollTop += above - 12;
}

function newBelow() {
  const button = $("below");
  button.textContent = texts["ui.new_below"];
  button.hidden = false;
}

async function stream() {
  let pause = SOON;
  for (;;) {
    try {
      await api.listen(() => {
        streaming = true;
        pause = SOON;
        pull();
      }, pull);
    } catch {
      pause = Math.min(pause * 2, IDLE);
    }
    streaming = false;
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
}

// --- position -----------------------------------------------------------------------------------------------------

// The button stays above the field, whatever is said, until the position was sent or isn't wanted any more.
function askPosition(label) {
  const button = $("locate");
  button.hidden = !label;
  button.textContent = label;
}

$("locate").addEventListener("click", () => locate($("locate")));

function locate(button) {
  const fail = (key) => {
    thinking("");
    button.disabled = false;
    hint(texts[`ui.${key}`]);
    text.focus();
  };
  if (!navigator.geolocation) {
    fail("location_failed");
    return;
  }
  button.disabled = true;
  thinking("locating");
  navigator.geolocation.getCurrentPosition(
    ({ coords }) => {
      button.disabled = false;
      askPosition("");
      hint("");
      const shown = `${coords.latitude.toFixed(5)}, ${coords.longitude.toFixed(5)}`;
      send("location", { latitude: coords.latitude, longitude: coords.longitude, accuracy: coords.accuracy }, shown);
    },
    (error) => fail(error.code === error.PERMISSION_DENIED ? "location_denied" : "location_failed"),
    { enableHighAccuracy: true, timeout: 20_000, maximumAge: 30_000 },
  );
}

// --- writing ------------------------------------------------------------------------------------------------------

function grow() {
  text.style.height = "auto";
  text.style.height = `${text.scrollHeight + 4}px`;
  const count = text.value.length;
  hint(count > limit ? texts["ui.too_long_hint"].replace("{count}", count).replace("{limit}", limit) : "");
}

$("composer").addEventListener("submit", (event) => {
  event.preventDefault();
  const words = text.value.trim();
  const pictured = photos.chosen !== null && photos.chosen.state !== "failed";
  if ((!words && !pictured) || words.length > limit) {
    if (!words) hint(texts["error.empty"]);
    text.focus();
    return;
  }
  text.value = "";
  grow();
  const left = photos.send(words);
  if (left) send("text", { text: left }, left);
  text.focus();
});

text.addEventListener("input", grow);
text.addEventListener("keydown", (event) => {
  // 229: an input method (Telex) is still composing the word
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing && event.keyCode !== 229) {
    event.preventDefault();
    $("composer").requestSubmit();
  }
});

$("quick").addEventListener("click", (event) => {
  const chosen = event.target.closest("[data-say]");
  if (chosen) send("text", { text: chosen.dataset.say }, chosen.textContent);
});

$("below").addEventListener("click", () => {
  log.scrollTop = log.scrollHeight;
});
log.addEventListener("scroll", () => {
  if (atEnd()) $("below").hidden = true;
});

// --- SOS ----------------------------------------------------------------------------------------------------------

const sos = document.querySelector(".sos");
const report = $("sos-report");
report.hidden = false;
report.addEventListener("click", () => {
  sos.open = false;
  send("text", { text: texts["ui.sos_text"] }, texts["ui.sos_text"]);
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && sos.open) {
    event.preventDefault(); // closes this alone, not the whole chat
    sos.open = false;
    sos.querySelector("summary").focus();
  }
});
document.addEventListener("click", (event) => {
  if (sos.open && !sos.contains(event.target)) sos.open = false;
});

// --- start --------------------------------------------------------------------------------------------------------

$("plain").remove();
$("chat").hidden = false;
grow();
banner("");
const address = new URLSearchParams(location.search);
if (address.get("sos") === "1") sos.open = true;
if (text.value) text.focus();

async function start() {
  await pull();
  showUnsent();
  log.scrollTop = log.scrollHeight;
  outbox.flush();
  stream();
}

// What an earlier visit couldn't get through.
function showUnsent() {
  for (const { message, failed } of memory.read()) {
    const place = `${message.latitude?.toFixed(5)}, ${message.longitude?.toFixed(5)}`;
    if (!view.mine.has(message.id)) {
      view.own({ id: message.id, kind: message.kind, text: message.text ?? message.caption ?? message.label ?? place });
    }
    view.state(message.id, failed ? "failed" : "waiting", failed, null, unsentActs);
  }
}

document.addEventListener("visibilitychange", () => {
  if (!document.hidden) pull();
});
addEventListener("online", pull);
start();
