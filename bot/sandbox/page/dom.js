// Elements without markup: everything that comes from a message is set as text, never as HTML.

export function el(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "value" || name === "checked") element[name] = value;
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

// Replace what a section shows, keeping the focus on the same thing in it.
export function fill(section, ...children) {
  const key = section.contains(document.activeElement) ? document.activeElement.dataset.key : null;
  section.replaceChildren(...children.flat().filter(Boolean));
  if (key) section.querySelector(`[data-key="${CSS.escape(key)}"]`)?.focus();
}

const LINKS = /^(https?:|mailto:)/;
const TAGS = { bold: "strong", italic: "em", strike: "s", code: "code", pre: "pre", quote: "blockquote", date: "time" };

// The tree of spans that the server makes of mrkdwn (mrkdwn.py).
export function spans(list) {
  return (list ?? []).map((span) => {
    if (span.k === "text") return document.createTextNode(span.s);
    if (span.k === "break") return el("br");
    if (span.u && LINKS.test(span.u)) {
      return el("a", { href: span.u, target: "_blank", rel: "noopener noreferrer" }, span.s);
    }
    const attributes = { class: ["mention", "ring", "emoji"].includes(span.k) ? span.k : null };
    return el(TAGS[span.k] ?? "span", attributes, span.s, ...spans(span.c));
  });
}

export async function post(what) {
  const response = await fetch("/page/do", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(what),
  });
  if (!response.ok) throw new Error(await response.text());
  return response.json();
}

let hiding = null;
export function notify(problem) {
  const notice = document.getElementById("notice");
  notice.textContent = problem ?? "";
  notice.hidden = !problem;
  clearTimeout(hiding);
  if (problem) hiding = setTimeout(() => { notice.hidden = true; }, 8000);
}
