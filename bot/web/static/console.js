// The console without scripts is complete; with them, lists and figures stay fresh and a click less is needed.

const RETRY_AFTER = 3000;
const lost = document.getElementById("lost");
const plainTitle = document.title;

/** Shows (or takes away) the line that says that the page may be old. */
function sayLost(why) {
  if (!lost) return;
  lost.hidden = !why;
  lost.textContent = why ? lost.dataset[why] : "";
}

/** The element that had the keyboard, so that a refresh doesn't take it away. */
function focusedIn(part) {
  const active = document.activeElement;
  if (!active || !part.contains(active)) return null;
  return active.id || null;
}

/** Puts the parts of a fetched fragment in the place of those on the page that have the same id. */
function putParts(html) {
  const fresh = new DOMParser().parseFromString(html, "text/html");
  for (const part of fresh.querySelectorAll("[data-part]")) {
    const there = document.getElementById(part.id);
    // An open question ("stop sending?") is not pulled from under the hand.
    if (!there || there.outerHTML === part.outerHTML || there.querySelector("details[open]")) continue;
    const focused = focusedIn(there);
    there.replaceWith(document.importNode(part, true));
    if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
  }
  countAlerts();
}

/** Calls for help show in the tab's title, for officers who look at another page. */
function countAlerts() {
  const count = Number(document.querySelector("#alerts")?.dataset.count ?? 0);
  document.title = count ? `(${count}) SOS – ${plainTitle}` : plainTitle;
}

function note() {
  const line = document.getElementById("live-note");
  if (line) line.textContent = line.dataset.fresh.replace("{time}", new Date().toLocaleTimeString("vi-VN"));
}

async function refresh(root) {
  const response = await fetch(root.dataset.src, { headers: { Accept: "text/html" }, redirect: "error" });
  if (response.status === 401) {
    sayLost("signedOut");
    return false;
  }
  if (!response.ok) throw new Error(`status ${response.status}`);
  putParts(await response.text());
  sayLost(null);
  note();
  return true;
}

async function keepFresh(root) {
  const pause = Number(root.dataset.every) * 1000;
  let wait = pause;
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, wait));
    if (root.querySelector("[data-finished]")) return;
    try {
      if (!(await refresh(root))) return;
      wait = pause;
    } catch {
      sayLost("offline");
      wait = Math.max(pause, RETRY_AFTER);
    }
  }
}

for (const root of document.querySelectorAll("[data-src]")) keepFresh(root);
countAlerts();

// A second click on a button that works already changes nothing.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  if (form.method === "post") {
    form.dataset.sent = "1";
    setTimeout(() => delete form.dataset.sent, 10000);
  }
});

document.addEventListener("change", (event) => {
  event.target.closest("[data-submit-on-change]")?.requestSubmit();
});

document.addEventListener("click", async (event) => {
  const insert = event.target.closest("[data-insert]");
  if (insert) {
    event.preventDefault();
    const field = document.getElementById(insert.dataset.into);
    field.value = field.value.trim() ? `${field.value.trimEnd()}\n\n${insert.dataset.insert}` : insert.dataset.insert;
    field.focus();
    return;
  }
  const copy = event.target.closest("[data-copy]");
  if (copy) {
    const field = document.getElementById(copy.dataset.copy);
    field.select();
    try {
      await navigator.clipboard.writeText(field.value);
      copy.textContent = copy.dataset.done;
    } catch {
      field.focus(); // not allowed here: the text is selected, the hand copies it
    }
  }
});
// How long an answer is, while it is being written; a platform takes no more than the limit.
document.addEventListener("input", (event) => {
  const counter = document.querySelector(`[data-counts="${event.target.id}"]`);
  if (!counter) return;
  const length = [...event.target.value.trim()].length;
  counter.textContent = `${length}/${counter.dataset.limit}`;
  counter.classList.toggle("counter--over", length > Number(counter.dataset.limit));
});
for (const button of document.querySelectorAll("[data-copy]")) button.hidden = false;
for (const button of document.querySelectorAll("[data-submit-on-change] button")) button.hidden = true;
