// What the browser keeps: the visitor's token and the posts that are still on their way.

const TOKEN = "haidang.visitor";
const OUTBOX = "haidang.outbox";
const SEEN = "haidang.seen";

export function random(bytes) {
  const values = crypto.getRandomValues(new Uint8Array(bytes));
  return btoa(String.fromCharCode(...values)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

export class Memory {
  constructor() {
    this.posts = [];
    try {
      this.token = localStorage.getItem(TOKEN) || random(32);
      localStorage.setItem(TOKEN, this.token);
      this.seen = localStorage.getItem(SEEN) || "";
      this.lasting = true;
    } catch {
      // A browser that keeps nothing for frames of other sites: this page alone knows the conversation, and an officer's
      // answer is found again with the ticket's code and secret.
      this.token = random(32);
      this.seen = "";
      this.lasting = false;
    }
    this.posts = this.read();
  }

  read() {
    if (!this.lasting) return this.posts;
    try {
      const posts = JSON.parse(localStorage.getItem(OUTBOX) || "[]");
      return Array.isArray(posts) ? posts : [];
    } catch {
      return [];
    }
  }

  write(posts) {
    this.posts = posts;
    if (!this.lasting) return;
    try {
      localStorage.setItem(OUTBOX, JSON.stringify(posts));
    } catch {
      this.lasting = false; // full: this page still holds them
    }
  }

  // The latest moment up to which the visitor has seen the conversation.
  see(moment) {
    if (moment <= this.seen) return;
    this.seen = moment;
    if (!this.lasting) return;
    try {
      localStorage.setItem(SEEN, moment);
    } catch {
      this.lasting = false;
    }
  }

  // Several tabs share the outbox, so each change is made on what is stored now.
  add(post) {
    this.write([...this.read(), post]);
  }

  update(id, change) {
    this.write(this.read().map((post) => (post.message.id === id ? { ...post, ...change } : post)));
  }

  remove(id) {
    this.write(this.read().filter((post) => post.message.id !== id));
  }
}
