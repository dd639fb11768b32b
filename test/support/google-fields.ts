/** Which fields of an object are wanted, and of what is in them; none means all. */
type Mask = Map<string, Mask>;

/** As much of a value as a `fields` parameter asks for ("Performance tips: partial response"); throws for one that is none. */
export function masked(value: unknown, fields: string | null): unknown {
  return fields === null ? value : pick(value, maskOf(fields));
}

function pick(value: unknown, mask: Mask): unknown {
  if (mask.size === 0) return value;
  if (Array.isArray(value)) return value.map((item) => pick(item, mask));
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).flatMap(([name, inner]) => {
    const wanted = mask.get(name);
    return wanted ? [[name, pick(inner, wanted)]] : [];
  });
  return Object.fromEntries(kept);
}

function maskOf(fields: string): Mask {
  const tokens = fields.match(/[A-Za-z]+|[(),/]|./g) ?? [];
  const mask = list(tokens);
  if (tokens.length > 0) throw new Error(`Invalid field selection ${fields}`);
  return mask;
}

function list(tokens: string[]): Mask {
  const mask: Mask = new Map();
  do {
    const [name, inner] = field(tokens);
    mask.set(name, inner);
  } while (taken(tokens, ','));
  return mask;
}

function field(tokens: string[]): [string, Mask] {
  const name = tokens.shift() ?? '';
  if (!/^[A-Za-z]+$/.test(name)) throw new Error(`Invalid field selection ${name}`);
  if (taken(tokens, '/')) return [name, new Map([field(tokens)])];
  if (!taken(tokens, '(')) return [name, new Map()];
  const inner = list(tokens);
  if (!taken(tokens, ')')) throw new Error('Invalid field selection');
  return [name, inner];
}

function taken(tokens: string[], token: string): boolean {
  if (tokens[0] !== token) return false;
  tokens.shift();
  return true;
}
