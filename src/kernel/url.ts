/**
 * The URL that a text is (WHATWG); null if it is none. Not by `URL.canParse`: on Node 20, once it is compiled, it calls every URL with a
 * letter such as ü invalid.
 */
export function parseUrl(text: string, base?: string | URL): URL | null {
  try {
    return new URL(text, base);
  } catch {
    return null;
  }
}
