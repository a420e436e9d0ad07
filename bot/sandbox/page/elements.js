// Interactive elements. Each is a control with a `read` function that gives its value as the server takes it:
// a text, an option's value, a list of those, or null for nothing.

import { el, spans } from "./dom.js";

const KEYS = {
  static_select: "selected_option", radio_buttons: "selected_option", checkboxes: "selected_options",
  multi_static_select: "selected_options", datepicker: "selected_date", timepicker: "selected_time",
  datetimepicker: "selected_date_time", users_select: "selected_user", multi_users_select: "selected_users",
  conversations_select: "selected_conversation", channels_select: "selected_channel",
  multi_conversations_select: "selected_conversations", multi_channels_select: "selected_channels",
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
  const control = el(tag, {
    ...attributes,
    type: tag === "input" ? TYPES[element.type] ?? "text" : null,
    inputmode: element.type === "number_input" ? (element.is_decimal_allowed ? "decimal" : "numeric") : null,
    placeholder: label(element.placeholder) || null,
    maxlength: element.max_length ?? null,
    autocomplete: "off",
    value: element.type === "datetimepicker" ? local(value) : value ?? "",
  });
  const seconds = () => Math.round(new Date(control.value).getTime() / 1000);
  const read = () => (control.value === "" ? null : element.type === "datetimepicker" ? seconds() : control.value);
  return { control, read, restore: (text) => { control.value = element.type === "datetimepicker" ? local(text) : text ?? ""; } };
}

function local(seconds) {
  if (!seconds) return "";
  const at = new Date(seconds * 1000);
  return new Date(at.getTime() - at.getTimezoneOffset() * 60000).toISOString().slice(0, 16);
}

function choices(element, context) {
  const people = context.people.map((one) => ({ text: one.name, value: one.id }));
  const channels = context.channels.map((one) => ({ text: `#${one.name}`, value: one.id }));
  if (element.type.includes("users")) return [{ options: people }];
  if (element.type.includes("channels") || element.type.includes("conversations")) return [{ options: channels }];
  const plain = (options) => options.map((one) => ({ text: label(one.text), value: one.value }));
  if (element.option_groups) {
    return element.option_groups.map((group) => ({ label: label(group.label), options: plain(group.options) }));
  }
  return [{ options: plain(element.options ?? []) }];
}

function selectControl(element, value, attributes, context) {
  const several = element.type.startsWith("multi_");
  const now = new Set([value].flat().filter(Boolean).map((one) => one.value ?? one));
  const options = choices(element, context).map((group) => {
    const inside = group.options.map((one) => el("option", { value: one.value, selected: now.has(one.value) }, one.text));
    return group.label ? el("optgroup", { label: group.label }, inside) : inside;
  });
  const empty = several ? null : el("option", { value: "" }, label(element.placeholder) || "Choose…");
  const control = el("select", { ...attributes, multiple: several }, empty, ...options);
  const read = () => (several ? [...control.selectedOptions].map((one) => one.value) : control.value || null);
  const restore = (kept) => {
    for (const option of control.options) option.selected = [kept].flat().includes(option.value || null);
  };
  return { control, read, restore };
}

function boxesControl(element, value, attributes) {
  const type = element.type === "checkboxes" ? "checkbox" : "radio";
  const now = new Set([value].flat().filter(Boolean).map((one) => one.value));
  const boxes = element.options.map((option) => {
    const box = el("input", { type, name: attributes.id, value: option.value, checked: now.has(option.value) });
    const more = option.description ? el("small", {}, ...spans(option.description.spans)) : null;
    return el("label", { class: "choice" }, box, el("span", {}, ...spans(option.text.spans), more));
  });
  const control = el("div", { ...attributes, role: type === "radio" ? "radiogroup" : "group", class: "choices" }, boxes);
  const picked = () => [...control.querySelectorAll("input:checked")].map((box) => box.value);
  const read = () => (type === "checkbox" ? picked() : picked()[0] ?? null);
  const restore = (kept) => {
    for (const box of control.querySelectorAll("input")) box.checked = [kept].flat().includes(box.value);
  };
  return { control, read, restore };
}

export function field(element, entry, attributes, context) {
  const value = held(element, entry);
  if (element.type === "checkboxes" || element.type === "radio_buttons") return boxesControl(element, value, attributes);
  if (element.type.includes("select")) return selectControl(element, value, attributes, context);
  return textControl(element, value, attributes);
}

function confirmed(element) {
  const ask = element.confirm;
  return !ask || window.confirm(`${label(ask.title)}\n\n${label(ask.text)}`);
}

// A button, or a menu or picker that tells the bot at once.
export function acting(block, element, context) {
  const key = `${context.key}/${block.block_id}/${element.action_id}`;
  if (element.type === "button") {
    const act = async (event) => {
      if (!confirmed(element)) return;
      if (element.url) window.open(element.url, "_blank", "noopener");
      const button = event.currentTarget;
      button.disabled = true; // no second click before the answer to the first
      await context.act(block, element, null);
      button.disabled = false;
    };
    const style = element.style ?? null;
    const attributes = { type: "button", class: style, "data-key": key, "aria-label": element.accessibility_label, onclick: act };
    return el("button", attributes, ...spans(element.text.spans));
  }
  if (element.type === "overflow") {
    const options = element.options.map((one) => el("option", { value: one.value }, label(one.text)));
    const attributes = { "aria-label": "More actions", class: "overflow", "data-key": key };
    const menu = el("select", attributes, el("option", { value: "" }, "⋯"), options);
    menu.addEventListener("change", () => menu.value && confirmed(element) && context.act(block, element, menu.value));
    return menu;
  }
  const name = label(element.placeholder) || element.action_id;
  const attributes = { id: key, "aria-label": name, "data-key": key };
  const { control, read } = field(element, context.values?.[block.block_id]?.[element.action_id], attributes, context);
  control.addEventListener("change", () => confirmed(element) && context.act(block, element, read()));
  return control;
}
