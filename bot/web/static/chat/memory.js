// What the browser keeps: the visitor's token and the posts that are still on their way.

const TOKEN = "haidang.visitor";
const OUTBOX = "haidang.outbox";

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
      this.lasting = true;
    } catch {
      this.token = random(32);
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
