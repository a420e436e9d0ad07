// Who is looking, at what; asks the server for news and draws them.

import { el, fill, notify, patch, post, upload } from "./dom.js";
import { drawView, entered } from "./forms.js";
import { menu } from "./menus.js";
import { drawMessage } from "./messages.js";
import { showModal } from "./modal.js";

const HOME = "home";
const byId = (id) => document.getElementById(id);
const [firstChannel, firstMessage] = location.hash.slice(1).split("/");
const page = {
  me: new URLSearchParams(location.search).get("as") ?? sessionStorage.getItem("me") ?? "",
  place: firstChannel || "",
  thread: "",
  seen: -1,
  editing: null,
  draft: null,
  data: null,
  people: [],
  channels: [],
  shortcuts: [],
  sought: firstMessage ? `${firstMessage.slice(0, -6)}.${firstMessage.slice(-6)}` : null,
  drawn: {},
  stop: null,
  act, openThread, edit, stopEditing,
};

async function act(what) {
  try {
    const result = await post({ as: page.me, channel: page.place, ...what });
    notify(result.problem);
  } catch (error) {
    notify(error.message);
  }
}

function look(changes) {
  Object.assign(page, changes, { seen: -1 });
  page.stop?.abort();
}

function openThread(ts) {
  look({ thread: ts });
}

function edit(message) {
  Object.assign(page, { editing: message.ts, draft: null });
  redraw();
  document.querySelector(".editor textarea")?.focus();
}

function stopEditing() {
  Object.assign(page, { editing: null, draft: null });
  redraw();
}

function redraw() {
  page.drawn = {};
  if (page.data) draw(page.data);
}

// Draw a part only when what it shows has changed: what somebody is typing or reading stays as it is.
function once(name, content, drawIt) {
  const text = JSON.stringify(content);
  if (page.drawn[name] === text) return;
  page.drawn[name] = text;
  drawIt();
}

function drawList(section, messages, inThread) {
  const atEnd = section.scrollHeight - section.scrollTop - section.clientHeight < 80;
  const items = messages.map((one) => ({
    key: one.ts, shows: JSON.stringify([one, page.editing === one.ts, page.shortcuts]), draw: () => drawMessage(one, page, inThread),
  }));
  const nothing = { key: "", shows: "", draw: () => el("p", { class: "quiet" }, "Nothing here yet.") };
  patch(section, items.length ? items : [nothing]);
  if (atEnd) section.scrollTop = section.scrollHeight;
}

function drawPlaces(data) {
  const names = data.channels.map((one) => [one.id, one.kind === "im" ? one.name : `# ${one.name}`]);
  const entries = [...names, ...(data.has_home ? [[HOME, `Home of ${data.bot}`]] : [])];
  fill(byId("places"), entries.map(([id, name]) => el("li", {},
    el("button", { type: "button", "data-key": id, "aria-current": id === page.place ? "page" : null, onclick: () => go(id) }, name))));
}

function go(place) {
  const channel = page.channels.find((one) => one.id === place);
  look({ place, thread: "", editing: null, draft: null });
  if (place === HOME) act({ do: "open_home" });
  if (channel?.kind === "im") act({ do: "open_messages" });
  byId("main").focus({ preventScroll: true });
}

function drawHome(data) {
  const section = byId("home");
  const view = data.home;
  if (!view) {
    delete section.dataset.view;
    return fill(section, el("p", { class: "quiet" }, `${data.bot} shows nothing here yet.`));
  }
  const tell = (block, element, read) => act({
    do: "act_in_view", view: view.id, block_id: block.block_id, action_id: element.action_id, option: read(), values: entered(section),
  });
  return drawView(section, view, { key: view.id, values: view.state, act: tell, people: page.people, channels: page.channels });
}

function drawShortcuts() {
  const entries = page.shortcuts.filter((one) => one.kind === "global").map((one) => ({
    text: one.name, more: one.description, act: () => act({ do: "global_shortcut", callback_id: one.callback_id }),
  }));
  fill(byId("shortcuts"), entries.length ? menu({ label: "Shortcuts", text: "⚡", key: "shortcuts" }, entries) : null);
}

function draw(data) {
  const channel = data.channel;
  const atHome = page.place === HOME;
  Object.assign(page, { people: data.people, channels: data.channels, shortcuts: data.shortcuts });
  once("people", [data.people, page.me], () => {
    fill(byId("person"), data.people.map((one) => el("option", { value: one.id, selected: one.id === page.me }, one.name)));
  });
  once("shortcuts", data.shortcuts, drawShortcuts);
  once("places", [data.channels, page.place, data.bot, data.has_home], () => drawPlaces(data));
  byId("connection").textContent = data.connected ? "" : `${data.bot} is not connected`;
  byId("title").textContent = atHome ? `Home of ${data.bot}` : channel?.kind === "im" ? channel.name : `# ${channel?.name ?? ""}`;
  byId("home").hidden = !atHome;
  byId("messages").hidden = byId("composer").hidden = atHome;
  if (atHome) once("home", data.home, () => drawHome(data));
  if (channel) once("messages", [channel, page.editing, data.shortcuts], () => drawList(byId("messages"), channel.messages, false));
  const thread = channel?.thread;
  byId("thread").hidden = !thread;
  document.body.classList.toggle("in-thread", Boolean(thread));
  if (thread) once("thread", [thread, page.editing, data.shortcuts], () => drawList(byId("replies"), thread.messages, true));
  showModal(data.view, page);
  seek();
}

function seek() {
  const found = page.sought && document.querySelector(`[data-ts="${CSS.escape(page.sought)}"]`);
  if (!found) return;
  page.sought = null;
  found.scrollIntoView({ block: "center" });
  found.classList.add("sought");
}

async function news() {
  page.stop = new AbortController();
  const ask = new URLSearchParams({ as: page.me, channel: page.place, thread: page.thread, seen: page.seen });
  const response = await fetch(`/page/state?${ask}`, { signal: page.stop.signal });
  if (!response.ok) throw new Error(await response.text());
  const data = await response.json();
  page.data = data;
  page.seen = data.count;
  if (page.me !== data.me.id) {
    page.me = data.me.id;
    sessionStorage.setItem("me", page.me);
  }
  const there = page.place === HOME || data.channels.some((one) => one.id === page.place);
  if (!there && data.channels.length) look({ place: data.channels[0].id, thread: "" });
  draw(data);
}

async function follow() {
  for (;;) {
    try {
      await news();
    } catch (error) {
      if (error.name === "AbortError") continue;
      byId("connection").textContent = "The workspace does not answer.";
      await new Promise((resolve) => { setTimeout(resolve, 1000); });
      page.seen = -1;
    }
  }
}

async function uploaded(chosen) {
  const files = [];
  for (const file of chosen?.files ?? []) {
    const result = await upload(page.me, file);
    if (result.problem) throw new Error(result.problem);
    files.push(result.id);
  }
  return files;
}

function composer(form, area, extra, chosen = null) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const text = area.value.trim();
    if (!text && !chosen?.files.length) return;
    try {
      const files = await uploaded(chosen);
      area.value = "";
      if (chosen) chosen.value = "";
      await act({ do: "say", text, files, ...extra() });
    } catch (error) {
      notify(error.message);
    }
  });
  area.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      form.requestSubmit();
    }
  });
}

composer(byId("composer"), byId("text"), () => ({}));
composer(byId("reply-composer"), byId("reply-text"), () => ({ thread: page.thread }), byId("reply-files"));
byId("leave-thread").addEventListener("click", () => {
  byId("thread").hidden = true;
  look({ thread: "" });
  byId("main").focus({ preventScroll: true });
});
byId("person").addEventListener("change", (event) => {
  sessionStorage.setItem("me", event.target.value);
  look({ me: event.target.value, thread: "", editing: null, draft: null });
});
follow();
