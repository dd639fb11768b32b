/** As long as the entries of the index by which contacts are searched. */
const LENGTH = 3;

/** What more pieces would rule out is not worth reading where they are. */
const MOST = 3;

/** Of all owners' contacts, so many may have a piece that counts as rare. */
const RARE = 2_000;

/** How many contacts of all owners have a piece, as far as is known. */
export interface PieceCounts {
  /** By pieces in small letters. */
  readonly known: ReadonlyMap<string, number>;
  /** At most so many have one that is not known. */
  readonly others: number;
}

/**
 * The pieces, three letters or digits each, by which contacts that contain all of the words are found soonest: the rarest of them, at
 * most three. None if there is none that few contacts have: those of one owner are found sooner by all of the words.
 */
export function rarestPieces(words: readonly string[], { known, others }: PieceCounts): string[] {
  const counts = new Map<string, number>();
  for (const word of words) {
    let plain = 0;
    for (let end = 1; end <= word.length; end += 1) {
      plain = isPlain(word.charCodeAt(end - 1)) ? plain + 1 : 0;
      if (plain < LENGTH) continue;
      const piece = word.slice(end - LENGTH, end);
      const count = known.get(piece.toLowerCase()) ?? others;
      if (count <= RARE) counts.set(piece, count);
    }
  }
  const rare = [...counts.keys()];
  if (rare.length > MOST) rare.sort((one, other) => counts.get(one)! - counts.get(other)!);
  return rare.slice(0, MOST);
}

/** Whether it is one of the letters and digits of ASCII: they stand in the text of a contact as in a search, whatever becomes of accents there. */
function isPlain(code: number): boolean {
  const isDigit = code >= 48 && code <= 57;
  const isCapital = code >= 65 && code <= 90;
  const isSmall = code >= 97 && code <= 122;
  return isDigit || isCapital || isSmall;
}
