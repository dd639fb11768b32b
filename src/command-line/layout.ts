type Scalar = string | number | boolean | null;

/** The named fields of each row under their names, in columns. */
export function table<Row extends object>(
  rows: readonly Row[],
  names: readonly (keyof Row & string)[],
): string {
  const lines = [names as readonly string[], ...rows.map((row) => names.map((name) => say(row[name])))];
  const widths = names.map((_, i) => Math.max(...lines.map((line) => widthOf(line[i]!))));
  return lines
    .map((line) =>
      line
        .map((cell, i) => pad(cell, widths[i]!))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** Every field of a record on a line of its own, and lists as one line an entry. */
export function sheet(record: object): string {
  const width = Math.max(...Object.keys(record).map((name) => name.length)) + 1;
  return Object.entries(record)
    .flatMap(([name, value]) => {
      if (!Array.isArray(value) || value.length === 0) return [`${pad(`${name}:`, width)} ${say(value)}`];
      return [`${name}:`, ...value.map((entry) => `  ${say(entry)}`)];
    })
    .join('\n');
}

function say(value: unknown): string {
  if (value === null || value === undefined) return '-';
  if (Array.isArray(value)) return value.length === 0 ? '-' : value.map(say).join(', ');
  if (typeof value !== 'object') return String(value as Scalar);
  return Object.entries(value)
    .map(([name, part]) => `${name} ${say(part)}`)
    .join(', ');
}

function pad(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - widthOf(text)));
}

function widthOf(text: string): number {
  return [...text].length;
}
