// The modal on top of this person's stack. What is typed lives here until it is submitted; it survives an update
// of the view where the field's ids stay, as in Slack.

import { drawBlocks } from "./blocks.js";
import { el, fill, notify, post, spans } from "./dom.js";

const dialog = document.getElementById("modal");
let shown = null; // { id, hash, fields }

function collect() {
  return (shown?.fields ?? []).map(({ block_id, action_id, read }) => ({ block_id, action_id, value: read() }));
}

async function submit(event, me) {
  event.preventDefault();
  const button = dialog.querySelector("button[type=submit]");
  button.disabled = true;
  try {
    const result = await post({ do: "submit", as: me, values: collect() });
    notify(result.problem);
    if (result.errors) showErrors(result.errors);
  } catch (error) {
    notify(error.message);
  } finally {
    button.disabled = false;
  }
}

function showErrors(errors) {
  draw(shown.view, shown.page, errors);
  dialog.querySelector("[aria-invalid]")?.focus();
}

async function close(me) {
  const result = await post({ do: "close", as: me });
  notify(result.problem);
}

function draw(view, page, errors) {
  const typed = shown && shown.id === view.id ? collect() : [];
  const fields = [];
  const act = (block, element, option) =>
    page.act({ do: "act_in_view", view: view.id, block_id: block.block_id, action_id: element.action_id, option });
  const context = { key: view.id, values: view.state, errors, fields, act, people: page.people, channels: page.channels };
  const form = el("form", { novalidate: true, onsubmit: (event) => submit(event, page.me) },
    el("div", { class: "bar" }, el("h2", { id: "modal-title" }, ...spans(view.title.spans ?? [{ k: "text", s: view.title.text }]))),
    el("div", { class: "fields-of-modal" }, drawBlocks(view.blocks, context)),
    el("div", { class: "foot" },
      el("button", { type: "button", onclick: () => close(page.me) }, view.close?.text ?? "Cancel"),
      view.submit && el("button", { type: "submit", class: "primary" }, view.submit.text)));
  fill(dialog, form);
  for (const old of typed) {
    const field = fields.find((one) => one.block_id === old.block_id && one.action_id === old.action_id);
    if (field) field.restore(old.value);
  }
  shown = { id: view.id, hash: view.hash, me: page.me, view, page, fields };
}

export function showModal(view, page) {
  if (!view) {
    shown = null;
    if (dialog.open) dialog.close();
    return;
  }
  if (!shown || shown.id !== view.id || shown.hash !== view.hash || shown.me !== page.me) {
    const another = !shown || shown.id !== view.id;
    draw(view, page, null);
    if (another) dialog.scrollTop = 0;
  }
  if (!dialog.open) dialog.showModal();
}

// Escape is Slack's Cancel: the bot may want to know.
dialog.addEventListener("cancel", (event) => {
  event.preventDefault();
  if (shown) close(shown.me);
});
