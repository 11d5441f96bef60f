// Talks to the server. Every call says who the visitor is in a header; the token never stands in an address.

const TIMEOUT = 20_000;

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
