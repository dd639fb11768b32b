import { parseUrl } from '../../kernel/url.js';
/** What a mail says, before anybody decides how it looks: HTML and text are two ways of writing the same letter down. */
export interface Letter {
  /** BCP 47. */
  readonly language: string;
  readonly tone: Tone;
  readonly title: string;
  /** What a list of mails shows beside the subject. */
  readonly preview: string;
  readonly greeting: string;
  readonly opening: string;
  readonly facts: readonly Fact[];
  readonly actions: { readonly links: readonly Link[]; readonly note: string } | null;
  readonly moreLinks: { readonly label: string; readonly links: readonly Link[] } | null;
  readonly smallPrint: string;
}

/** Agreed, changed, called off, or something to know. */
export type Tone = 'agreed' | 'changed' | 'off' | 'notice';

export interface Fact {
  readonly label: string;
  readonly lines: readonly Line[];
  /** `former` holds no longer; a `command` is typed as it stands. */
  readonly kind?: 'former' | 'command';
}

export type Line = string | Link;

export interface Link {
  readonly text: string;
  /** `http:` or `https:`. */
  readonly href: string;
}

/** The text as a link if it is the address of a web page, and as it is if not: no other scheme may be followed from a mail. */
export function linked(text: string): Line {
  const url = parseUrl(text);
  return url && /^https?:$/.test(url.protocol) ? { text, href: url.href } : text;
}

/** The page that a text leads to; null if it is no link. */
export function pageOf(text: string): string | null {
  const line = linked(text);
  return typeof line === 'string' ? null : line.href;
}
