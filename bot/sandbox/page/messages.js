// Messages, their buttons, their threads.

import { drawBlocks } from "./blocks.js";
import { el, spans } from "./dom.js";
import { menu } from "./menus.js";

function meta(message) {
  return el("div", { class: "meta" },
    el("strong", {}, message.name),
    message.is_bot && el("span", { class: "app" }, "app"),
    el("time", {}, message.time),
    message.edited && el("span", { class: "quiet" }, "edited"));
}

function reactions(message) {
  if (!message.reactions.length) return null;
  return el("div", { class: "reactions" }, message.reactions.map((one) =>
    el("span", { class: "reaction", title: one.who, "aria-label": `${one.name} by ${one.who}` }, one.emoji)));
}

function editor(message, page) {
  const area = el("textarea", { rows: "2", "aria-label": "Edit message", "data-key": `edit/${message.ts}`, value: page.draft ?? message.raw });
  area.addEventListener("input", () => { page.draft = area.value; });
  const save = async (event) => {
    event.preventDefault();
    const text = area.value;
    page.stopEditing();
    await page.act({ do: "edit", ts: message.ts, text });
  };
  return el("form", { class: "editor", onsubmit: save }, area,
    el("button", { type: "submit", class: "primary" }, "Save edit"),
    el("button", { type: "button", onclick: () => page.stopEditing() }, "Cancel edit"));
}

function tools(message, page, inThread) {
  const key = (what) => `${what}/${message.ts}`;
  const thread = () => page.openThread(message.thread_ts);
  const count = message.replies === 1 ? "1 reply" : `${message.replies} replies`;
  const link = (what, label, onclick) => el("button", { type: "button", class: "link", "data-key": key(what), onclick }, label);
  const shortcuts = page.shortcuts.filter((one) => one.kind === "message").map((one) => ({
    text: one.name, more: one.description, act: () => page.act({ do: "message_shortcut", callback_id: one.callback_id, ts: message.ts }),
  }));
  const more = shortcuts.length && !message.only_you && !message.gone;
  return el("div", { class: "tools" },
    !inThread && !message.only_you && link("thread", message.replies ? count : "Reply in thread", thread),
    message.mine && link("edit", "Edit", () => page.edit(message)),
    message.mine && link("delete", "Delete", () => page.act({ do: "delete", ts: message.ts })),
    more ? menu({ label: "Message shortcuts", text: "⋯", key: key("shortcuts"), className: "link dots" }, shortcuts) : null);
}

function files(message) {
  return message.files.map((file) => el("a", { class: "file", href: `/page/file?id=${file.id}`, target: "_blank", rel: "noopener" },
    file.is_picture ? el("img", { src: `/page/file?id=${file.id}`, alt: file.name }) : file.name));
}

function body(message, page) {
  if (page.editing === message.ts) return editor(message, page);
  if (message.gone) return el("div", { class: "text quiet" }, "This message was deleted.");
  if (!message.blocks.length) return el("div", { class: "text" }, ...spans(message.spans));
  const where = (block, element) => ({ ts: message.ts, block_id: block.block_id, action_id: element.action_id });
  const act = (block, element, read) => page.act({ do: "act", ...where(block, element), option: read() });
  const fillIn = (block, element, value) => page.act({ do: "fill_in", ...where(block, element), value });
  const context = { key: message.ts, values: message.state, act, fillIn, people: page.people, channels: page.channels };
  return el("div", { class: "blocks" }, drawBlocks(message.blocks, context));
}

export function drawMessage(message, page, inThread) {
  const classes = ["message", message.only_you && "only-you", message.gone && "gone"].filter(Boolean).join(" ");
  return el("article", { class: classes, "data-ts": message.ts, "aria-label": `${message.name} at ${message.time}` },
    el("div", { class: message.is_bot ? "face bot" : "face", "aria-hidden": "true" }, message.name.slice(0, 1)),
    el("div", { class: "content" },
      message.only_you && el("div", { class: "quiet" }, "Only visible to you"),
      meta(message), body(message, page), files(message), reactions(message), tools(message, page, inThread)));
}
