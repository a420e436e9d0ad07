// The modal on top of this person's stack.

import { el, fill, notify, post } from "./dom.js";
import { drawView, dropPending, entered, Turns, valueOf } from "./forms.js";

const dialog = document.getElementById("modal");
const title = el("h2", { id: "modal-title" });
const body = el("div", { class: "fields-of-modal" });
const foot = el("div", { class: "foot" });
dialog.append(el("form", { novalidate: true, onsubmit: submit }, el("div", { class: "bar" }, title), body, foot));
const turns = new Turns();
let shown = null; // { view, me, page }
let errors = {}; // what the last submission was told, by block; it stays through updates

async function submit(event) {
  event.preventDefault();
  const { view, me, page } = shown;
  const button = event.target.querySelector("button[type=submit]");
  button.disabled = true;
  dropPending(body);
  try {
    await turns.running; // what was chosen before comes before
    const result = await post({ do: "submit", as: me, view: view.id, values: entered(body) });
    notify(result.problem);
    if (shown?.view.id === view.id) {
      errors = result.errors ?? {};
      draw(shown.view, page);
      body.querySelector("[aria-invalid]")?.focus();
    }
  } catch (error) {
    notify(error.message);
  } finally {
    button.disabled = false;
  }
}

async function close(me) {
  dropPending(body);
  const result = await post({ do: "close", as: me });
  notify(result.problem);
}

function draw(view, page) {
  const act = (block, element, read) => turns.add(`${view.id}/${block.block_id}/${element.action_id}`, () => page.act({
    do: "act_in_view", view: view.id, block_id: block.block_id, action_id: element.action_id,
    option: valueOf(body, block, element, read), values: entered(body),
  }));
  title.textContent = view.title.text;
  drawView(body, view, { key: view.id, me: page.me, values: view.state, act, people: page.people, channels: page.channels }, errors);
  fill(foot,
    el("button", { type: "button", "data-key": "close", onclick: () => close(page.me) }, view.close?.text ?? "Cancel"),
    view.submit && el("button", { type: "submit", "data-key": "submit", class: "primary" }, view.submit.text));
}

export function showModal(view, page) {
  if (!view) {
    shown = null;
    if (dialog.open) dialog.close();
    return;
  }
  const another = shown?.view.id !== view.id || shown.me !== page.me;
  if (another) errors = {};
  const changed = another || shown.view.hash !== view.hash;
  shown = { view, me: page.me, page };
  if (changed) draw(view, page);
  if (!dialog.open) dialog.showModal();
  if (!another) return;
  body.scrollTop = 0;
  const first = body.querySelector("[data-first]") ?? body.querySelector("input, select, textarea, button");
  (first ?? foot.querySelector("button")).focus();
}

// Escape is Slack's Cancel: the bot may want to know.
dialog.addEventListener("cancel", (event) => {
  event.preventDefault();
  if (shown) close(shown.me);
});
