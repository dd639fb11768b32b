// Event types are made outside the API. Either a command makes them, or somebody has made them before.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { isDeepStrictEqual } from 'node:util';
import { Fault } from './api.mjs';

/**
 * The ids of event types by slug, each with the terms of its definition. Those missing are made by `makeCommand`, which gets the
 * definition on standard input; without a command a missing one is a fault.
 */
export async function eventTypeIds(api, definitions, makeCommand) {
  const present = await api.eventTypes();
  const ids = new Map(present.map(({ slug, id }) => [slug, id]));
  const missing = definitions.filter(({ slug }) => !ids.has(slug));
  if (missing.length > 0 && !makeCommand) {
    const slugs = missing.map(({ slug }) => slug).join(', ');
    throw new Fault(
      `These event types are missing: ${slugs}. Make them, or set MAKE_EVENT_TYPE (README.md).`,
    );
  }
  for (const definition of missing) ids.set(definition.slug, await make(definition, makeCommand));
  for (const definition of definitions) await expectTerms(api, ids.get(definition.slug), definition);
  return ids;
}

async function make(definition, command) {
  const made = spawn(command, { shell: true, stdio: ['pipe', 'pipe', 'inherit'] });
  made.stdin.end(JSON.stringify(definition));
  const [output, [code]] = await Promise.all([text(made.stdout), once(made, 'exit')]);
  if (code !== 0) throw new Fault(`${command} ended with ${code} for ${definition.slug}`);
  return JSON.parse(output).id;
}

async function expectTerms(api, id, definition) {
  const found = await api.eventType(id);
  for (const [name, value] of Object.entries(definition)) {
    if (!isDeepStrictEqual(inOrder(found[name]), inOrder(value))) {
      throw new Fault(`${definition.slug} has another ${name}: ${JSON.stringify(found[name])}`);
    }
  }
}

/** Openings have no order of their own. */
function inOrder(value) {
  return Array.isArray(value) ? value.map((each) => JSON.stringify(each)).sort() : value;
}
