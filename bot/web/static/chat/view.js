// Shows the conversation. Everything from outside goes in as text nodes, never as HTML.

const SCHEMES = new Set(["http:", "https:", "tel:", "mailto:"]);

function element(tag, className, text) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

export function safeAddress(address) {
  try {
    const url = new URL(address, location.href);
    return SCHEMES.has(url.protocol) ? url.href : null;
  } catch {
    return null;
  }
}

export class View {
  constructor(log, texts, phones, loadPhoto) {
    this.log = log;
    this.loadPhoto = loadPhoto;
    this.texts = texts;
    this.phones = phones; // a rescue number as it is written -> its tel: address
    const numbers = Object.keys(phones).map((number) => number.replace(/[^\d]/g, "\\$&"));
    this.number = numbers.length ? new RegExp(`(${numbers.join("|")})`) : /(?!)/;
    const zone = { timeZone: "Asia/Ho_Chi_Minh" };
    this.time = new Intl.DateTimeFormat("en-GB", { ...zone, hour: "2-digit", minute: "2-digit" });
    this.day = new Intl.DateTimeFormat("en-GB", { ...zone, day: "2-digit", month: "2-digit", year: "numeric" });
    this.mine = new Map(); // a post's id -> its bubble and stamp
    this.shown = new Set(); // keys of rows
  }

  // `14:05` today, `14:05 24/11/2026` on other days, on the harbour's clock.
  when(moment) {
    const date = new Date(moment);
    const day = this.day.format(date);
    return this.time.format(date) + (day === this.day.format(new Date()) ? "" : ` ${day}`);
  }

  // A row from the server; returns the new bubble, or null when it stands there already.
  add(item, acts) {
    if (this.shown.has(item.key)) return null;
    this.shown.add(item.key);
    if (item.from === "you") {
      if (this.mine.has(item.id)) {
        this.state(item.id, "sent", "", item.at);
        return null;
      }
      if (!item.text && item.kind !== "photo") return null;
      const bubble = this.own({ id: item.id, kind: item.kind, text: item.text });
      this.state(item.id, "sent", "", item.at);
      return bubble;
    }
    return this.answer(item, acts);
  }

  // The visitor's own words, before or after the server has them.
  own({ id, kind, text, picture }) {
    const shown = kind === "location" ? this.texts["ui.location_sent"].replace("{position}", text) : text;
    const bubble = element("div", `bubble bubble--said bubble--you${kind === "press" ? " bubble--pressed" : ""}`);
    bubble.append(element("span", "visually-hidden", `${this.texts["ui.you"]}: `), document.createTextNode(shown));
    if (kind === "photo") bubble.append(this.photo(id, picture, Boolean(shown)));
    const stamp = element("div", "stamp stamp--you");
    this.log.append(bubble, stamp);
    this.mine.set(id, { bubble, stamp });
    return bubble;
  }

  // The picture itself where this page has it; from an earlier visit only when it is asked for: it is large.
  photo(id, picture, words) {
    const box = element("div", `sent-photo${words ? " sent-photo--below" : ""}`);
    const show = (address) => {
      const image = element("img", "sent-photo__image");
      image.alt = this.texts["ui.photo_sent"];
      image.src = address;
      image.addEventListener("error", () => box.replaceChildren(this.texts["ui.photo_only_saved"]));
      box.replaceChildren(image);
    };
    if (picture) {
      show(picture);
      return box;
    }
    const button = element("button", "button", this.texts["ui.photo_show"]);
    button.type = "button";
    button.addEventListener("click", async () => {
      button.disabled = true;
      try {
        show(URL.createObjectURL(await this.loadPhoto(id)));
      } catch {
        button.disabled = false;
      }
    });
    box.append(`${this.texts["ui.photo_sent"]} `, button);
    return box;
  }

  stamp(id, text) {
    const mine = this.mine.get(id);
    if (mine) mine.stamp.replaceChildren(text);
  }

  state(id, state, reason = "", at = null, acts = null) {
    const mine = this.mine.get(id);
    if (!mine) return;
    const text = at ? this.when(at) : this.texts[`ui.${state}`];
    mine.stamp.className = `stamp stamp--you${state === "failed" ? " stamp--failed" : ""}`;
    mine.stamp.replaceChildren(state === "failed" && reason ? `${text}. ${reason}` : text);
    if (state === "failed" && acts) {
      const row = element("div", "stamp__acts");
      const again = element("button", "button button--primary", this.texts["ui.retry"]);
      const away = element("button", "button", this.texts["ui.discard"]);
      again.type = away.type = "button";
      again.addEventListener("click", () => acts.retry(id));
      away.addEventListener("click", () => {
        acts.discard(id);
        mine.bubble.remove();
        mine.stamp.remove();
        this.mine.delete(id);
      });
      row.append(again, away);
      mine.stamp.append(row);
    }
  }

  answer(item, acts) {
    const bubble = element("div", "bubble bubble--said bubble--us");
    bubble.append(element("span", "visually-hidden", `${this.texts["ui.us"]}: `));
    for (const span of item.spans) bubble.append(this.span(span));
    this.log.append(bubble);
    if (item.buttons.length) this.log.append(this.choices(item, acts));
    this.log.append(element("div", "stamp", this.when(item.at)));
    return bubble;
  }

  span({ text, bold, italic, url }) {
    let node = url ? document.createTextNode(text) : this.withCalls(text);
    const wrap = (made) => {
      made.append(node);
      node = made;
    };
    if (bold) wrap(element("strong"));
    if (italic) wrap(element("em"));
    const address = url && safeAddress(url);
    if (address) {
      const link = element("a");
      link.href = address;
      link.target = "_blank";
      link.rel = "noopener";
      wrap(link);
    }
    return node;
  }

  // In danger a number is tapped, not copied. 112 within 112/2024 or 1.112 is no telephone number; no lookbehind in
  // the pattern, since older iPhones refuse the whole script for it.
  withCalls(text) {
    const node = document.createDocumentFragment();
    const pieces = text.split(this.number);
    pieces.forEach((piece, index) => {
      const alone = !/[\d./-]$/.test(pieces[index - 1] ?? "") && !/^[\d/]/.test(pieces[index + 1] ?? "");
      if (index % 2 === 0 || !alone) {
        node.append(piece);
        return;
      }
      const call = element("a", "call", piece);
      call.href = this.phones[piece];
      node.append(call);
    });
    return node;
  }

  choices(item, acts) {
    const box = element("div", "choices");
    for (const row of item.buttons) {
      const line = element("div", "choices__row");
      for (const choice of row) line.append(this.choice(choice, item.key, acts));
      box.append(line);
    }
    return box;
  }

  choice({ label, data, url, style }, key, acts) {
    const className = `choice${style && style !== "plain" ? ` choice--${style}` : ""}`;
    const address = url && safeAddress(url);
    if (address) {
      const link = element("a", className, label);
      link.href = address;
      if (!address.startsWith("tel:")) link.target = "_blank";
      link.rel = "noopener";
      return link;
    }
    const button = element("button", className, label);
    button.type = "button";
    if (!data) {
      button.disabled = true;
      return button;
    }
    button.addEventListener("click", () => {
      button.setAttribute("aria-pressed", "true");
      acts.press({ data, label, of: key });
    });
    return button;
  }
}
