import { Refusal } from './answers.js';

const DEEPEST = 32;
const decoder = new TextDecoder('utf-8', { fatal: true });

/**
 * A request's JSON (RFC 8259): UTF-8, nested at most 32 deep, without keys that could reach a prototype. Nothing at all counts as
 * no body. Throws a refusal with status 400.
 */
export function parseJsonBody(bytes: Buffer): unknown {
  if (bytes.length === 0) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(decoder.decode(bytes));
  } catch {
    throw Refusal.of(400, 'Invalid JSON');
  }
  const pending: { value: unknown; depth: number }[] = [{ value, depth: 1 }];
  for (let next = pending.pop(); next; next = pending.pop()) {
    if (typeof next.value !== 'object' || next.value === null) continue;
    if (next.depth > DEEPEST) throw Refusal.of(400, 'Request body is nested too deeply');
    for (const key of Object.keys(next.value)) {
      if (key === '__proto__' || key === 'constructor') {
        throw Refusal.of(400, `Request body must not contain the key ${key}`);
      }
      pending.push({ value: (next.value as Record<string, unknown>)[key], depth: next.depth + 1 });
    }
  }
  return value;
}
