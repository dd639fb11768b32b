const LINE_BREAK = /\r\n|[\r\n\v\f\u0085\u2028\u2029]/g;
const CONTROL_CHARACTERS = /\p{Cc}/gu;
const CONTROL_CHARACTERS_BUT_LINE_FEED = /[^\P{Cc}\n]/gu;
/** Embeddings, overrides and isolates (Unicode Annex 9): left open, they turn round what stands after them. */
const DIRECTION_CHANGES = /[\u202a-\u202e\u2066-\u2069]/g;

/** Text of somebody else's as it may stand in one line of a mail, its subject included: no line break, no control character. */
export function oneLine(text: string): string {
  return severalLines(text).replaceAll(/\s+/g, ' ').replaceAll(CONTROL_CHARACTERS, '').trim();
}

/** Text of somebody else's as it may stand in a mail: of control characters it has none but line feeds between lines. */
export function severalLines(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(LINE_BREAK, '\n')
    .replaceAll('\t', ' ')
    .replaceAll(CONTROL_CHARACTERS_BUT_LINE_FEED, '')
    .replaceAll(DIRECTION_CHANGES, '')
    .trim();
}
