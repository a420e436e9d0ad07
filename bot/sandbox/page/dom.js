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

// What has the focus in a section, and where in it the caret is; and giving both back to its successor.
function focusIn(section) {
  const now = document.activeElement;
  if (!section.contains(now) || !now.dataset.key) return null;
  return { now, key: now.dataset.key, start: now.selectionStart, end: now.selectionEnd };
}

function focusAgain(section, had) {
  if (!had || document.activeElement === had.now) return;
  const next = section.querySelector(`[data-key="${CSS.escape(had.key)}"]`);
  next?.focus({ preventScroll: true });
  if (typeof had.start === "number" && next?.setSelectionRange) next.setSelectionRange(had.start, had.end);
}

// Replace what a section shows, keeping the focus on the same thing in it.
export function fill(section, ...children) {
  const had = focusIn(section);
  section.replaceChildren(...children.flat().filter(Boolean));
  focusAgain(section, had);
}

// Have a section show these items, in this order: { key, shows, draw }. What shows the same as before stays untouched.
export function patch(section, items) {
  const had = focusIn(section);
  const there = new Map([...section.children].map((node) => [node.itemKey, node]));
  const wanted = items.map(({ key, shows, draw }) => {
    const old = there.get(key);
    if (old?.itemShows === shows) return old;
    return Object.assign(draw(), { itemKey: key, itemShows: shows });
  });
  const kept = new Set(wanted);
  for (const node of [...section.children]) if (!kept.has(node)) node.remove();
  wanted.forEach((node, at) => {
    if (section.children[at] !== node) section.insertBefore(node, section.children[at] ?? null);
  });
  focusAgain(section, had);
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

// Hand a chosen file to the workspace; returns it as Slack describes files.
export async function upload(me, file) {
  const address = await new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result);
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(file);
  });
  const what = { name: file.name, mimetype: file.type || "application/octet-stream", content: address.slice(address.indexOf(",") + 1) };
  return post({ do: "upload", as: me, ...what });
}

let hiding = null;
export function notify(problem) {
  const notice = document.getElementById("notice");
  notice.textContent = problem ?? "";
  notice.hidden = !problem;
  clearTimeout(hiding);
  if (problem) hiding = setTimeout(() => { notice.hidden = true; }, 8000);
}
