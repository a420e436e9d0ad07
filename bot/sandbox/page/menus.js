// A button that opens a list of more buttons: overflow menus, the shortcuts of the app and of a message.

import { el } from "./dom.js";

const GAP = 4;
const MOVES = {
  ArrowDown: (at, count) => (at + 1) % count, ArrowUp: (at, count) => (at - 1 + count) % count,
  Home: () => 0, End: (at, count) => count - 1,
};
let made = 0;

function place(list, button) {
  const from = button.getBoundingClientRect();
  const size = list.getBoundingClientRect();
  const below = from.bottom + GAP + size.height <= window.innerHeight;
  const top = below ? from.bottom + GAP : Math.max(GAP, from.top - GAP - size.height);
  list.style.top = `${top}px`;
  const fits = from.left + size.width <= window.innerWidth - GAP;
  list.style.left = `${fits ? from.left : Math.max(GAP, from.right - size.width)}px`;
}

// `entries`: { text, more, act }; `more` is what stands under an entry in small print.
export function menu({ label, text, key, className }, entries) {
  const id = `menu-${made += 1}`;
  const list = el("div", { id, class: "menu", popover: "auto", role: "group", "aria-label": label });
  const choose = (entry) => {
    list.hidePopover();
    entry.act();
  };
  list.append(...entries.map((entry, at) => el("button", { type: "button", autofocus: at === 0, onclick: () => choose(entry) },
    entry.text, entry.more && el("small", {}, entry.more))));
  const button = el("button", { type: "button", class: className, "data-key": key, "aria-label": label, title: label, popovertarget: id }, text);
  list.addEventListener("toggle", (event) => {
    const open = event.newState === "open";
    list.classList.toggle("placed", open);
    if (open) place(list, button);
  });
  list.addEventListener("keydown", (event) => {
    const move = MOVES[event.key];
    if (!move) return;
    event.preventDefault();
    const all = [...list.children];
    all[move(all.indexOf(document.activeElement), all.length)].focus();
  });
  return el("span", { class: "menu-of" }, button, list);
}
