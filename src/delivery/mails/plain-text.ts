import type { Fact, Letter, Line, Link } from './letter.js';

/** The letter as text, in lines as long as they are. */
export function plainText(letter: Letter): string {
  const { title, greeting, opening, facts, actions, moreLinks, smallPrint } = letter;
  const paragraphs = [
    title,
    greeting,
    opening,
    factsAsText(facts),
    actions && [...actions.links.map(linkAsText), actions.note].join('\n'),
    moreLinks && [`${moreLinks.label}:`, ...moreLinks.links.map(linkAsText)].join('\n'),
    `-- \n${smallPrint}`, // what follows this line is a signature to mail clients (RFC 3676, 4.3)
  ];
  return `${paragraphs.filter(Boolean).join('\n\n')}\n`;
}

/** Each label on a line of its own, with what it says below. */
export function factsAsText(facts: readonly Fact[]): string {
  return facts.map(({ label, lines }) => [`${label}:`, ...lines.map(indented)].join('\n')).join('\n');
}

/** What people typed is indented, so that it cannot pass for a label or a signature. */
function indented(line: Line): string {
  return `  ${typeof line === 'string' ? line : line.text}`.trimEnd();
}

export function linkAsText({ text, href }: Link): string {
  return `${text}: ${href}`;
}
