// Sends what the visitor wrote, in order, one at a time, until the server has it; a repeated post changes nothing there.

import { NoConnection } from "./api.js";

const FIRST_PAUSE = 1_500;
const LONGEST_PAUSE = 20_000;

export class Outbox {
  constructor({ memory, api, onState, onTrouble, onSent }) {
    Object.assign(this, { memory, api, onState, onTrouble, onSent });
    this.busy = false;
    this.pause = FIRST_PAUSE;
    this.timer = null;
    addEventListener("online", () => this.flush());
    addEventListener("offline", () => this.onTrouble("offline"));
  }

  add(message) {
    this.memory.add({ message, failed: "" });
    this.flush();
  }

  retry(id) {
    this.memory.update(id, { failed: "" });
    this.flush();
  }

  discard(id) {
    this.memory.remove(id);
  }

  async flush() {
    if (this.busy) return;
    this.busy = true;
    clearTimeout(this.timer);
    try {
      for (;;) {
        const next = this.memory.read().find((post) => !post.failed);
        if (!next) break;
        if (!(await this.deliver(next.message))) {
          this.timer = setTimeout(() => this.flush(), this.pause);
          this.pause = Math.min(this.pause * 2, LONGEST_PAUSE);
          break;
        }
        this.pause = FIRST_PAUSE;
      }
    } finally {
      this.busy = false;
    }
  }

  // Whether the next one may go out: false when there is no way through now.
  async deliver(message) {
    this.onState(message.id, "sending");
    let answer;
    try {
      answer = await this.api.post(message);
    } catch (error) {
      if (!(error instanceof NoConnection)) throw error;
      this.onState(message.id, "waiting");
      this.onTrouble(navigator.onLine ? "trouble" : "offline");
      return false;
    }
    if (answer.again) {
      this.onState(message.id, "waiting");
      this.onTrouble("trouble");
      return false;
    }
    this.onTrouble("");
    if (answer.ok) {
      this.memory.remove(message.id);
      this.onState(message.id, "sent");
      this.onSent();
    } else {
      this.memory.update(message.id, { failed: answer.text || answer.error });
      this.onState(message.id, "failed", answer.text);
    }
    return true;
  }
}
