// Talks to the server. Every call says who the visitor is in a header; the token never stands in an address.

const TIMEOUT = 20_000;
const STALLED = 45_000; // a photo that doesn't get on for so long won't

export class NoConnection extends Error {}

export class Api {
  constructor(token, lang) {
    this.token = token;
    this.query = lang === "en" ? "lang=en" : "";
  }

  async call(path, options = {}, query = this.query) {
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(), TIMEOUT);
    try {
      return await fetch(`/chat/api/${path}${query ? `?${query}` : ""}`, {
        ...options,
        cache: "no-store",
        headers: { ...options.headers, Authorization: `Bearer ${this.token}` },
        signal: stop.signal,
      });
    } catch (error) {
      throw new NoConnection(String(error));
    } finally {
      clearTimeout(timer);
    }
  }

  // What became of a post: {ok}, or {ok: false, error, text, retryAfter, again} where `again` means: the server's trouble.
  async post(message) {
    const response = await this.call("messages", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(message),
    });
    if (response.ok) return { ok: true };
    const said = await response.json().catch(() => ({}));
    return {
      ok: false,
      error: said.error ?? "",
      text: said.text ?? "",
      retryAfter: said.retry_after ?? 0,
      again: response.status >= 500,
    };
  }

  // Hands a photo over for the message that follows, and tells how far it is; with XMLHttpRequest, since only that does.
  upload(photo, onProgress) {
    return new Promise((resolve, reject) => {
      const request = new XMLHttpRequest();
      let timer = null;
      const alive = () => {
        clearTimeout(timer);
        timer = setTimeout(() => request.abort(), STALLED);
      };
      photo.request = request;
      request.open("PUT", `/chat/api/photos/${photo.id}${this.query ? `?${this.query}` : ""}`);
      request.setRequestHeader("Authorization", `Bearer ${this.token}`);
      request.upload.addEventListener("progress", ({ loaded, total }) => {
        alive();
        onProgress(Math.round((100 * loaded) / (total || 1)));
      });
      request.addEventListener("load", () => {
        let said = {};
        try {
          said = JSON.parse(request.responseText);
        } catch {
          // a proxy's page
        }
        const ok = request.status >= 200 && request.status < 300;
        resolve({ ok, text: said.text ?? said.error ?? String(request.status), again: request.status >= 500 });
      });
      for (const end of ["error", "abort"]) request.addEventListener(end, () => reject(new NoConnection(end)));
      request.addEventListener("loadend", () => clearTimeout(timer));
      alive();
      request.send(photo.file);
    });
  }

  dropPhoto(id) {
    return this.call(`photos/${id}`, { method: "DELETE" });
  }

  async photo(id) {
    const response = await this.call(`photos/${id}`);
    if (!response.ok) throw new NoConnection(`HTTP ${response.status}`);
    return response.blob();
  }

  async pull(cursor) {
    const query = new URLSearchParams(this.query);
    if (cursor) query.set("cursor", cursor);
    const response = await this.call("messages", {}, query.toString());
    if (!response.ok) throw new NoConnection(`HTTP ${response.status}`);
    return response.json();
  }

  // Reads the event stream and calls `onBell` for each "there is something"; resolves when the stream ends.
  async listen(onOpen, onBell) {
    const response = await fetch("/chat/api/events", {
      cache: "no-store",
      headers: { Authorization: `Bearer ${this.token}`, Accept: "text/event-stream" },
    });
    if (!response.ok || !response.body) throw new NoConnection(`HTTP ${response.status}`);
    onOpen();
    const reader = response.body.getReader();
    const decoder = new TextDecoder();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      if (decoder.decode(value, { stream: true }).includes("data:")) onBell();
    }
  }
}
