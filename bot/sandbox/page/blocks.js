// Blocks, as Slack lays them out; an unknown one is named instead of dropped.

import { chart } from "./charts.js";
import { el, spans } from "./dom.js";
import { acting, dispatch, field, isGroup, triggers } from "./elements.js";

function text(object, tag = "div") {
  return object ? el(tag, { class: "text" }, ...spans(object.spans)) : null;
}

// What Slack hosts is here in the workspace, under the id that is also in each of its addresses.
function source(block) {
  const { id, url } = block.slack_file ?? {};
  return block.image_url ?? `/page/file?id=${id ?? url.match(/F[A-Z0-9]{8,}/)[0]}`;
}

function image(block) {
  return el("img", { src: source(block), alt: block.alt_text, loading: "lazy" });
}

function section(block, context) {
  const fields = block.fields ? el("div", { class: "fields" }, block.fields.map((one) => text(one))) : null;
  const beside = block.accessory && (block.accessory.type === "image" ? image(block.accessory) : acting(block, block.accessory, context));
  return el("div", { class: "section" }, el("div", { class: "grow" }, text(block.text), fields), beside);
}

function input(block, context) {
  const element = block.element;
  const id = `${context.key}/${block.block_id}/${element.action_id}`;
  const error = context.errors?.[block.block_id];
  const enter = triggers(block).includes("on_enter_pressed");
  const described = [block.hint && `${id}-hint`, enter && `${id}-enter`, error && `${id}-error`].filter(Boolean).join(" ");
  const grouped = isGroup(element);
  const attributes = {
    id, "data-key": id, "aria-describedby": described || null, "aria-invalid": error ? "true" : null,
    "aria-labelledby": grouped ? `${id}-label` : null, "aria-required": block.optional || grouped ? null : "true",
  };
  const entry = context.values?.[block.block_id]?.[element.action_id];
  const { control, read, restore } = field(element, entry, attributes, context, block.optional);
  const telling = block.dispatch_action ? dispatch(block, control, read, context) : null;
  if (!telling && context.fillIn) control.addEventListener("change", () => context.fillIn(block, element, read()));
  context.fields?.push({ block_id: block.block_id, action_id: element.action_id, type: element.type, read, restore, telling });
  const optional = block.optional ? el("span", { class: "optional" }, " (optional)") : null;
  const label = el(grouped ? "div" : "label", { id: `${id}-label`, class: "label", for: grouped ? null : id }, ...spans(block.label.spans), optional);
  return el("div", { class: error ? "field wrong" : "field" },
    label, control,
    error && el("p", { id: `${id}-error`, class: "error" }, error),
    enter && el("p", { id: `${id}-enter`, class: "hint" }, "Press Enter to use what you typed."),
    block.hint && el("p", { id: `${id}-hint`, class: "hint" }, ...spans(block.hint.spans)));
}

function richPart(part) {
  if (part.type === "rich_text_list") {
    return el(part.style === "ordered" ? "ol" : "ul", {}, part.elements.map((item) => el("li", {}, ...spans(item.spans))));
  }
  const tags = { rich_text_quote: "blockquote", rich_text_preformatted: "pre" };
  return el(tags[part.type] ?? "div", {}, ...spans(part.spans));
}

function cell(content, tag) {
  const inside = content.type === "rich_text" ? content.elements.map(richPart) : spans(content.spans);
  return el(tag, {}, ...inside);
}

function table(block) {
  const [head, ...rows] = block.rows;
  return el("div", { class: "wide" }, el("table", {},
    block.caption && el("caption", {}, block.caption),
    el("thead", {}, el("tr", {}, head.map((one) => cell(one, "th")))),
    el("tbody", {}, rows.map((row) => el("tr", {}, row.map((one) => cell(one, "td")))))));
}

function card(block, context) {
  const buttons = (block.actions ?? []).map((one) => acting(block, one, context));
  return el("div", { class: "card" }, block.hero_image && image(block.hero_image),
    text(block.title, "strong"), text(block.subtitle), text(block.body), text(block.subtext, "small"),
    buttons.length ? el("div", { class: "actions" }, buttons) : null);
}

const DRAWN = {
  section, input, card, table, data_table: table, data_visualization: chart,
  actions: (block, context) => el("div", { class: "actions" }, block.elements.map((one) => acting(block, one, context))),
  header: (block) => el("h3", {}, ...spans(block.text.spans)),
  divider: () => el("hr"),
  context: (block) => el("div", { class: "context" }, block.elements.map((one) => (one.type === "image" ? image(one) : text(one, "span")))),
  image: (block) => el("figure", {}, text(block.title, "figcaption"), image(block)),
  rich_text: (block) => el("div", {}, block.elements.map(richPart)),
  markdown: (block) => el("div", { class: "text" }, ...spans(block.spans)),
  alert: (block) => el("div", { class: `alert ${block.level ?? "default"}`, role: "note" }, text(block.text)),
  container: (block, context) => el("div", { class: "card" }, text(block.title, "strong"), text(block.subtitle), drawBlocks(block.child_blocks, context)),
};

export function drawBlocks(blocks, context) {
  return blocks.map((block) => (DRAWN[block.type] ?? ((one) => el("p", { class: "hint" }, `(${one.type})`)))(block, context));
}
