const DEEPEST = 50;
const MOST_ELEMENTS = 600_000;
const LONGEST_TAG = 10_000;

/**
 * Why an XML text is not to be given to the parser, as a sentence; null if it may be. Document types are refused, for the entities
 * they declare may grow without bounds, and so is what would cost the parser seconds and gigabytes. Looks at every tag once.
 */
export function faultOfXml(xml: string): string | null {
  let depth = 0;
  let elements = 0;
  for (let from = xml.indexOf('<'); from !== -1; from = xml.indexOf('<', from)) {
    const aside = endOfAside(xml, from);
    const end = xml.indexOf(aside ?? '>', from);
    if (end === -1) return null; // cut off: the parser will say so
    if (aside === null) {
      if (xml[from + 1] === '!') return 'The server answers with a document type';
      if (end - from > LONGEST_TAG) return 'The server answers with an endless tag';
      if (xml[from + 1] === '/') depth -= 1;
      else if (xml[end - 1] !== '/') depth += 1;
      elements += 1;
    }
    if (depth > DEEPEST || elements > 2 * MOST_ELEMENTS) return 'The server answers with too much';
    from = end;
  }
  return null;
}

/** What ends a comment, an instruction or literal text; null for whatever else a `<` begins. */
function endOfAside(xml: string, from: number): string | null {
  if (xml.startsWith('<![CDATA[', from)) return ']]>';
  if (xml.startsWith('<!--', from)) return '-->';
  return xml.startsWith('<?', from) ? '?>' : null;
}
