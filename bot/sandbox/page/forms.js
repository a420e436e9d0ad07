// The blocks of a modal or of the Home tab, and what is entered in them. That lives here, in the page, and goes to the
// server with every action and with the submission. An update draws anew only the blocks that changed, and puts what
// was entered into them where their ids stayed, as in Slack: whoever is typing is not disturbed.

import { drawBlocks } from "./blocks.js";
import { patch } from "./dom.js";

const ids = ({ block_id, action_id, type }) => JSON.stringify([block_id, action_id, type]);

function fieldsOf(section) {
  return [...section.children].flatMap((node) => node.fields ?? []);
}

export function entered(section) {
  return fieldsOf(section).map(({ block_id, action_id, read }) => ({ block_id, action_id, value: read() }));
}

// What an element holds now, also when it has been drawn anew since `read` was made.
export function valueOf(section, block, element, read) {
  const field = fieldsOf(section).find((one) => one.block_id === block.block_id && one.action_id === element.action_id);
  return (field?.read ?? read)();
}

// Forget what was typed last without having been told.
export function dropPending(section) {
  for (const field of fieldsOf(section)) field.telling?.stop();
}

export function drawView(section, view, context, errors = {}) {
  const before = new Map(fieldsOf(section).map((field) => [ids(field), field]));
  if (section.dataset.view !== view.id) {
    for (const field of before.values()) field.telling?.retire();
    before.clear();
    section.replaceChildren();
    section.dataset.view = view.id;
  }
  const draw = (block) => {
    const fields = [];
    const [node] = drawBlocks([block], { ...context, fields, errors });
    node.fields = fields;
    for (const field of fields) {
      const old = before.get(ids(field));
      if (!old) continue;
      const left = old.telling?.retire();
      field.restore(old.read());
      if (left) field.telling?.resume(left);
    }
    return node;
  };
  patch(section, view.blocks.map((block) => ({
    key: block.block_id, shows: JSON.stringify([block, errors[block.block_id] ?? null]), draw: () => draw(block),
  })));
  const kept = new Set(fieldsOf(section));
  for (const old of before.values()) if (!kept.has(old)) old.telling?.retire();
}

// Things to do, one after the other; what waits is replaced by a newer thing of the same name.
export class Turns {
  waiting = new Map();
  running = null;

  add(name, job) {
    this.waiting.delete(name);
    const done = new Promise((resolve) => {
      this.waiting.set(name, async () => {
        await job();
        resolve();
      });
    });
    this.running ??= this.run();
    return done;
  }

  async run() {
    while (this.waiting.size) {
      const [name, job] = this.waiting.entries().next().value;
      this.waiting.delete(name);
      await job();
    }
    this.running = null;
  }
}
