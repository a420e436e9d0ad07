// Interactive elements. Each is a control with a `read` function that gives its value as the server takes it:
// a text, an option's value, a list of those, or null for nothing.

import { el, notify, spans, upload } from "./dom.js";
import { menu } from "./menus.js";

const KEYS = {
  static_select: "selected_option", radio_buttons: "selected_option", checkboxes: "selected_options",
  multi_static_select: "selected_options", datepicker: "selected_date", timepicker: "selected_time",
  datetimepicker: "selected_date_time", users_select: "selected_user", multi_users_select: "selected_users",
  conversations_select: "selected_conversation", channels_select: "selected_channel",
  file_input: "files", multi_conversations_select: "selected_conversations", multi_channels_select: "selected_channels",
};
const TYPES = {
  email_text_input: "email", url_text_input: "url", datepicker: "date", timepicker: "time", datetimepicker: "datetime-local",
};

function label(text) {
  return text?.text ?? "";
}

function held(element, entry) {
  return entry?.[KEYS[element.type] ?? "value"] ?? null;
}

function textControl(element, value, attributes) {
  const tag = element.type === "plain_text_input" && element.multiline ? "textarea" : "input";
  const isMoment = element.type === "datetimepicker";
  const control = el(tag, {
    ...attributes,
    type: tag === "input" ? TYPES[element.type] ?? "text" : null,
    inputmode: element.type === "number_input" ? (element.is_decimal_allowed ? "decimal" : "numeric") : null,
    placeholder: label(element.placeholder) || null,
    maxlength: element.max_length ?? null,
    autocomplete: "off",
    value: isMoment ? local(value) : value ?? "",
  });
  const seconds = () => Math.round(new Date(control.value).getTime() / 1000);
  const read = () => (control.value === "" ? null : isMoment ? seconds() : control.value);
  return { control, read, restore: (kept) => { control.value = isMoment ? local(kept) : kept ?? ""; } };
}

function local(seconds) {
  if (!seconds) return "";
  const at = new Date(seconds * 1000);
  return new Date(at.getTime() - at.getTimezoneOffset() * 60000).toISOString().slice(0, 16);
}

function choices(element, context) {
  if (element.type.includes("users")) return [{ options: context.people.map((one) => ({ text: one.name, value: one.id })) }];
  if (element.type.includes("channels") || element.type.includes("conversations")) {
    return [{ options: context.channels.map((one) => ({ text: `#${one.name}`, value: one.id })) }];
  }
  const plain = (options) => options.map(({ text, value, description }) => ({ text: label(text), spans: text.spans, value, description }));
  if (element.option_groups) {
    return element.option_groups.map((group) => ({ label: label(group.label), options: plain(group.options) }));
  }
  return [{ options: plain(element.options ?? []) }];
}

const values = (value) => [value].flat().filter((one) => one !== null && one !== undefined).map((one) => one.value ?? one);

function selectControl(element, value, attributes, context, optional) {
  const now = values(value);
  const groups = choices(element, context).map((group) => {
    const text = (one) => (one.description ? `${one.text} (${label(one.description)})` : one.text);
    const inside = group.options.map((one) => el("option", { value: one.value, selected: now.includes(one.value) }, text(one)));
    return group.label ? el("optgroup", { label: group.label }, inside) : inside;
  });
  // Only what may stay empty can be emptied again.
  const empty = el("option", { value: "", disabled: !optional, selected: !now.length }, label(element.placeholder) || "Choose…");
  const control = el("select", attributes, empty, ...groups);
  const restore = (kept) => { control.value = [...control.options].some((one) => one.value === kept) ? kept : ""; };
  return { control, read: () => control.value || null, restore };
}

// Check boxes, radio buttons, and the menus of which one may choose several.
function boxesControl(element, value, attributes, context) {
  const isMenu = element.type.startsWith("multi_");
  const type = element.type === "radio_buttons" ? "radio" : "checkbox";
  const now = values(value);
  const box = (option) => {
    const more = option.description ? el("small", {}, ...spans(option.description.spans)) : null;
    const key = `${attributes.id}/${option.value}`;
    const input = el("input", { type, name: attributes.id, value: option.value, checked: now.includes(option.value), "data-key": key });
    return el("label", { class: "choice" }, input, el("span", {}, ...(option.spans ? spans(option.spans) : [option.text]), more));
  };
  const groups = choices(element, context).map((group) => (group.label
    ? el("div", { role: "group", "aria-label": group.label, class: "choices" }, el("div", { class: "group" }, group.label), group.options.map(box))
    : group.options.map(box)));
  const role = type === "radio" ? "radiogroup" : "group";
  const control = el("div", { ...attributes, "data-key": null, role, class: isMenu ? "choices many" : "choices", tabindex: "-1" }, ...groups);
  const boxes = [...control.querySelectorAll("input")];
  const picked = () => boxes.filter((one) => one.checked).map((one) => one.value);
  const most = element.max_selected_items;
  const full = () => {
    for (const one of boxes) one.disabled = Boolean(most) && !one.checked && picked().length >= most;
  };
  control.addEventListener("change", full);
  full();
  const restore = (kept) => {
    for (const one of boxes) one.checked = [kept].flat().includes(one.value);
    full();
  };
  return { control, read: () => (type === "checkbox" ? picked() : picked()[0] ?? null), restore };
}

// Files go to the workspace as they are chosen; what is entered is how Slack describes them.
function fileControl(element, value, attributes, context) {
  let files = value ?? [];
  const types = element.filetypes?.map((one) => `.${one}`).join(",");
  const control = el("input", { ...attributes, type: "file", multiple: element.max_files !== 1, accept: types || null });
  control.addEventListener("change", async () => {
    const submit = control.form?.querySelector("[type=submit]");
    if (submit) submit.disabled = true;
    try {
      files = await Promise.all([...control.files].map((file) => upload(context.me, file)));
    } catch (error) {
      notify(error.message);
    } finally {
      if (submit) submit.disabled = false;
    }
  });
  return { control, read: () => files, restore: (kept) => { files = kept ?? []; } };
}

export const isGroup = (element) => ["checkboxes", "radio_buttons"].includes(element.type) || element.type.startsWith("multi_");

export function field(element, entry, attributes, context, optional = false) {
  const value = held(element, entry);
  const all = { ...attributes, "data-first": element.focus_on_load };
  if (element.type === "file_input") return fileControl(element, value, all, context);
  if (isGroup(element)) return boxesControl(element, value, all, context);
  if (element.type.includes("select")) return selectControl(element, value, all, context, optional);
  return textControl(element, value, all);
}

function confirmed(element) {
  const ask = element.confirm;
  return !ask || window.confirm(`${label(ask.title)}\n\n${label(ask.text)}`);
}

function open(url) {
  if (url) window.open(url, "_blank", "noopener");
}

function button(block, element, context, key) {
  const act = async (event) => {
    if (!confirmed(element)) return;
    open(element.url);
    const pressed = event.currentTarget;
    pressed.disabled = true; // no second click before the answer to the first
    await context.act(block, element, () => null);
    pressed.disabled = false;
    if (document.activeElement === document.body) pressed.focus();
  };
  const attributes = { type: "button", class: element.style, "data-key": key, "aria-label": element.accessibility_label, onclick: act };
  return el("button", attributes, ...spans(element.text.spans));
}

// A button, or a menu or picker that tells the bot at once.
export function acting(block, element, context) {
  const key = `${context.key}/${block.block_id}/${element.action_id}`;
  if (element.type === "button") return button(block, element, context, key);
  if (element.type === "overflow") {
    const choose = (option) => {
      if (!confirmed(element)) return;
      open(option.url);
      context.act(block, element, () => option.value);
    };
    const entries = element.options.map((one) => ({ text: label(one.text), more: label(one.description), act: () => choose(one) }));
    return menu({ label: "More actions", text: "⋯", key, className: "dots" }, entries);
  }
  const name = label(element.placeholder) || label(block.text) || element.action_id;
  const entry = context.values?.[block.block_id]?.[element.action_id];
  const { control, read, restore } = field(element, entry, { id: key, "aria-label": name, "data-key": key }, context);
  let last = read();
  control.addEventListener("change", () => {
    if (!confirmed(element)) return restore(last);
    last = read();
    return context.act(block, element, read);
  });
  return control;
}

const TYPED = new Set(["plain_text_input", "number_input", "email_text_input", "url_text_input", "rich_text_input"]);
const PICKED = new Set(["datepicker", "timepicker", "datetimepicker"]);
const PAUSE = 300; // milliseconds without a key, after which what was typed is told

// At what an input block tells the bot: "change", or "on_enter_pressed" and "on_character_entered" of a text.
export function triggers(block) {
  if (!block.dispatch_action) return [];
  if (!TYPED.has(block.element.type)) return ["change"];
  return block.element.dispatch_action_config?.trigger_actions_on ?? ["on_enter_pressed"];
}

// Have the bot told of an input block. When its control is drawn anew, the old one says by `retire` what it has told
// and whether something waits to be told, and the new one takes that over by `resume`.
export function dispatch(block, control, read, context) {
  const at = triggers(block);
  const now = () => JSON.stringify(read());
  let last = now();
  let timer = null;
  let retired = false;
  const stop = () => {
    clearTimeout(timer);
    timer = null;
  };
  const tell = () => {
    stop();
    if (retired) return;
    last = now();
    context.act(block, block.element, read);
  };
  const tellNews = () => {
    stop();
    if (now() !== last) tell();
  };
  const soon = () => {
    stop();
    timer = setTimeout(tellNews, PAUSE);
  };
  if (at.includes("on_character_entered")) {
    control.addEventListener("input", soon);
    control.addEventListener("change", tellNews);
  }
  if (at.includes("on_enter_pressed")) {
    control.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      tell();
    });
  }
  if (at.includes("change") && PICKED.has(block.element.type)) {
    control.addEventListener("change", soon); // every key of a date may change it
    control.addEventListener("focusout", tellNews);
  } else if (at.includes("change")) {
    control.addEventListener("change", tell);
  }
  const retire = () => {
    const left = { last, waits: timer !== null };
    stop();
    retired = true;
    return left;
  };
  const resume = (left) => {
    last = left.last;
    if (left.waits) soon();
  };
  return { stop, retire, resume };
}
