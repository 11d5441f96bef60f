// The chat in a frame of another site: what it and the widget around it tell each other. Nothing of what is said in the
// chat goes out, only that there is something new.

const FOCUSABLE = "a[href], button:not([disabled]), textarea, summary, [tabindex='0']";

export class Embedding {
  // `onOpen` is called when the visitor looks at the chat again.
  constructor(onOpen) {
    this.framed = window.parent !== window && document.body.classList.contains("chat-body--embed");
    this.open = true; // as long as nobody says otherwise: a plain frame has no widget around it
    this.unread = 0;
    if (!this.framed) return;
    addEventListener("message", (event) => {
      if (event.source !== window.parent || !event.data?.haidang) return;
      document.body.classList.add("chat-body--widget");
      if (event.data.haidang === "open") {
        this.open = true;
        this.count(0);
        onOpen();
      } else if (event.data.haidang === "closed") {
        this.open = false;
      } else if (event.data.haidang === "focus") {
        this.focus(event.data.where);
      }
    });
    // on the window, that is after what is open within the page had its turn
    addEventListener("keydown", (event) => {
      if (event.key === "Escape" && !event.defaultPrevented) this.tell("close");
    });
    this.tell("ready");
  }

  // To whatever site it is: there is no secret in it.
  tell(haidang, more = {}) {
    if (this.framed) window.parent.postMessage({ haidang, ...more }, "*");
  }

  count(unread) {
    if (unread === this.unread) return;
    this.unread = unread;
    this.tell("unread", { count: unread });
  }

  focus(where) {
    const places = [...document.querySelectorAll(FOCUSABLE)].filter((place) => place.checkVisibility?.() ?? place.offsetParent);
    if (where === "end") {
      places.at(-1)?.focus();
    } else if (matchMedia("(pointer: coarse)").matches) {
      document.getElementById("log").focus({ preventScroll: true }); // no keyboard over the chat before it is asked for
    } else {
      document.getElementById("text").focus();
    }
  }
}
