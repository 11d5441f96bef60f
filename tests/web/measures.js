// What is wrong with a page for thick fingers and tired eyes; each function gives a list of findings.

const MINIMUM_TAP = 44;
const MINIMUM_TEXT = 15;
const MINIMUM_CONTRAST = 5.5;

const visible = (element) => element.checkVisibility({ visibilityProperty: true });
const name = (element) => element.outerHTML.slice(0, 90);

// Links within running text are excepted, as in WCAG 2.2, 2.5.8.
function tooSmall() {
  return [...document.querySelectorAll("a, button, input:not([type=hidden]), textarea, summary")]
    .filter((e) => visible(e) && !e.matches(".skip") && (e.matches(".button") || !e.closest("p, dd, .basis li")))
    .filter((e) => {
      const box = e.getBoundingClientRect();
      return box.width > 1 && (box.height < MINIMUM_TAP || box.width < 40);
    })
    .map((e) => `${e.getBoundingClientRect().height} ${name(e)}`);
}

function clipped() {
  return [...document.querySelectorAll("body *")]
    .filter((e) => visible(e) && !e.closest(".visually-hidden, .skip"))
    .filter((e) => e.getBoundingClientRect().right > innerWidth + 1 || e.getBoundingClientRect().left < -1)
    .map(name);
}

function texts() {
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    const shown = visible(element) && !element.closest(".visually-hidden, .skip, script");
    if (shown && walker.currentNode.textContent.trim()) found.push(element);
  }
  return found;
}

function smallPrint() {
  return texts()
    .filter((e) => !e.closest("small") && parseFloat(getComputedStyle(e).fontSize) < MINIMUM_TEXT)
    .map((e) => `${getComputedStyle(e).fontSize} ${name(e)}`);
}

// https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio
function pale() {
  const parse = (colour) => colour.match(/[\d.]+/g).map(Number);
  const channel = (v) => (v / 255 <= 0.03928 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4);
  const light = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
  const behind = (e) => {
    for (; e; e = e.parentElement) {
      const colour = parse(getComputedStyle(e).backgroundColor);
      if ((colour[3] ?? 1) > 0.99) return colour;
    }
    return [255, 255, 255];
  };
  const contrast = (e) => {
    const [a, b] = [light(parse(getComputedStyle(e).color)), light(behind(e))];
    return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
  };
  return texts()
    .filter((e) => contrast(e) < MINIMUM_CONTRAST)
    .map((e) => `${contrast(e).toFixed(1)} ${name(e)}`);
}
