// A photo on its way: chosen, uploaded while the visitor goes on writing, sent with the words below it.
// Words never wait for a photo: sent before it is through, they go ahead, and the photo follows by itself.

import { NoConnection } from "./api.js";
import { random } from "./memory.js";

const FIRST_PAUSE = 4_000;
const LONGEST_PAUSE = 60_000;

const $ = (id) => document.getElementById(id);

export class Photos {
  // `onPost(id, caption)`: the photo is on the server, its message may go out. `hint(text)`: to be shown at the field.
  constructor({ api, view, texts, limit, onPost, onOwn, hint }) {
    Object.assign(this, { api, view, texts, limit, onPost, onOwn, hint });
    this.chosen = null; // the one in the composer
    this.waiting = new Set(); // those that lost their connection
    this.bind();
  }

  bind() {
    const menu = $("attach-menu");
    const phone = matchMedia("(pointer: coarse)").matches;
    $("attach").hidden = false;
    $("attach").addEventListener("click", () => {
      if (phone) this.toggle(menu.hidden);
      else $("photo-pick").click();
    });
    for (const [button, input] of [["attach-camera", "photo-camera"], ["attach-library", "photo-pick"]]) {
      $(button).addEventListener("click", () => {
        this.toggle(false);
        $(input).click();
      });
      $(input).addEventListener("change", ({ target }) => {
        if (target.files[0]) this.choose(target.files[0]);
        target.value = ""; // the same file may be chosen again
      });
    }
    menu.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      event.preventDefault();
      this.toggle(false);
      $("attach").focus();
    });
    $("text").addEventListener("paste", (event) => {
      const picture = [...event.clipboardData.files].find((file) => file.type.startsWith("image/"));
      if (!picture) return;
      event.preventDefault();
      this.choose(picture);
    });
    $("photo-preview").addEventListener("error", ({ target }) => {
      target.hidden = true; // HEIC, or no picture at all: the server says which
    });
    $("photo-remove").addEventListener("click", () => {
      this.remove();
      $("text").focus();
    });
    addEventListener("online", () => this.waiting.forEach((photo) => this.upload(photo)));
  }

  toggle(open) {
    $("attach-menu").hidden = !open;
    $("attach").setAttribute("aria-expanded", String(open));
    if (open) $("attach-camera").focus();
  }

  choose(file) {
    this.remove();
    if (file.size > this.limit) {
      this.hint(this.texts["error.photo_too_big"]);
      return;
    }
    this.hint("");
    const photo = { id: random(16), file, url: URL.createObjectURL(file), state: "", pause: FIRST_PAUSE };
    this.chosen = photo;
    $("photo").hidden = false;
    $("photo-preview").hidden = false;
    $("photo-preview").src = photo.url;
    $("text").focus();
    this.upload(photo);
  }

  remove() {
    const photo = this.chosen;
    if (!photo) return;
    this.put();
    this.forget(photo);
  }

  // Out of the composer: it was sent, or isn't wanted.
  put() {
    this.chosen = null;
    $("photo").hidden = true;
    $("photo-preview").removeAttribute("src");
  }

  forget(photo) {
    photo.gone = true;
    clearTimeout(photo.timer);
    photo.request?.abort();
    this.waiting.delete(photo);
    URL.revokeObjectURL(photo.url);
    this.api.dropPhoto(photo.id).catch(() => {}); // else the server sweeps it up
  }

  // Sends the chosen photo with `words`; returns the words that have to go by themselves.
  send(words) {
    const photo = this.chosen;
    if (!photo || photo.state === "failed") return words;
    const caption = photo.state === "ready" ? words : "";
    photo.sent = true;
    this.put();
    this.onOwn(photo.id, caption, photo.url);
    if (photo.state === "ready") this.onPost(photo.id, caption);
    else this.say(photo);
    return caption ? "" : words;
  }

  async upload(photo) {
    clearTimeout(photo.timer);
    this.waiting.delete(photo);
    photo.state = "loading";
    photo.percent = 0;
    this.say(photo);
    let answer;
    try {
      answer = await this.api.upload(photo, (percent) => {
        photo.percent = percent;
        this.say(photo);
      });
    } catch (error) {
      if (!(error instanceof NoConnection)) throw error;
      answer = { again: true };
    }
    if (photo.gone) return;
    if (answer.again) {
      photo.state = "waiting";
      this.waiting.add(photo);
      photo.timer = setTimeout(() => this.upload(photo), photo.pause);
      photo.pause = Math.min(photo.pause * 2, LONGEST_PAUSE);
      this.say(photo);
      return;
    }
    photo.state = answer.ok ? "ready" : "failed";
    photo.reason = answer.text;
    this.say(photo);
    if (answer.ok && photo.sent) this.onPost(photo.id, "");
  }

  say(photo) {
    const { state, reason } = photo;
    const text = state === "failed" ? reason : this.texts[`ui.photo_${state}`].replace("{percent}", photo.percent);
    if (!photo.sent) {
      const shown = $("photo-state");
      shown.classList.toggle("photo__state--failed", state === "failed");
      shown.textContent = text;
    } else if (state === "failed") {
      this.view.state(photo.id, "failed", reason, null, {
        retry: () => this.upload(photo),
        discard: () => this.forget(photo),
      });
    } else if (state !== "ready") {
      this.view.stamp(photo.id, text);
    }
  }
}
