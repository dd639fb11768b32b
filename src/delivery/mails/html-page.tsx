import type { ComponentChildren, CSSProperties } from 'preact';
import { render } from 'preact-render-to-string';
import type { Fact, Letter, Line, Link, Tone } from './letter.js';

/**
 * The letter as an HTML document for mail clients, which know of CSS what browsers knew in 2000: tables and styles in place. The few rules
 * in its head, for dark screens and small ones, are a gain where they are heard and no loss where not. Nothing is loaded from elsewhere.
 */
export function htmlPage(letter: Letter): string {
  return `<!DOCTYPE html>\n${render(<Page letter={letter} />)}`;
}

const FONT = "-apple-system, 'Segoe UI', Roboto, Helvetica, Arial, sans-serif";

// Each pair of text and ground has a contrast of 4.5 at least (WCAG 2.2, 1.4.3), in the light and in the dark.
const INK = '#111827';
const MUTED = '#4b5563';
const LINK = '#1d4ed8';
const CARD = '#ffffff';
const GROUND = '#f3f4f6';
const tones: Readonly<Record<Tone, string>> = {
  agreed: '#15803d',
  changed: '#b45309',
  off: '#b91c1c',
  notice: '#1d4ed8',
};

const HEAD_STYLE = `
:root { color-scheme: light dark; supported-color-schemes: light dark; }
@media (prefers-color-scheme: dark) {
  .ground { background-color: #111827 !important; }
  .card { background-color: #1f2937 !important; }
  .ink { color: #f9fafb !important; }
  .muted { color: #d1d5db !important; }
  .link { color: #93c5fd !important; }
  .button { border-color: #93c5fd !important; }
  code { background-color: #111827 !important; }
}
@media (max-width: 480px) {
  .gutter { padding-left: 20px !important; padding-right: 20px !important; }
  .label, .value { display: block !important; width: auto !important; }
  .label { padding-bottom: 0 !important; }
  .value { padding-top: 2px !important; }
}
`;

function Page({ letter }: { letter: Letter }) {
  const { language, tone, title, preview, greeting, opening, facts, actions, moreLinks, smallPrint } = letter;
  return (
    <html lang={language}>
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="supported-color-schemes" content="light dark" />
        <meta name="format-detection" content="telephone=no, date=no, address=no, email=no" />
        <title>{title}</title>
        <style>{HEAD_STYLE}</style>
      </head>
      <body class="ground" style={{ margin: 0, padding: 0, backgroundColor: GROUND }}>
        <div
          style={{ display: 'none', maxHeight: 0, overflow: 'hidden', fontSize: '1px', lineHeight: '1px' }}
        >
          {preview}
        </div>
        <Table class="ground" style={{ backgroundColor: GROUND }}>
          <tr>
            <td align="center" style={{ padding: '24px 8px' }}>
              <Table class="card" style={cardStyle(tone)}>
                <Row style={{ paddingTop: '28px' }}>
                  <h1 class="ink" style={{ ...textStyle(24, INK), lineHeight: '30px', fontWeight: 700 }}>
                    {title}
                  </h1>
                </Row>
                <Row style={{ paddingTop: '16px' }}>
                  <p class="ink" style={textStyle(16, INK)}>
                    {greeting}
                  </p>
                  <p class="ink" style={{ ...textStyle(16, INK), paddingTop: '8px' }}>
                    {opening}
                  </p>
                </Row>
                <Row style={{ paddingTop: '16px' }}>
                  <Table style={{ tableLayout: 'fixed' }}>
                    {facts.map((fact) => (
                      <FactRow fact={fact} />
                    ))}
                  </Table>
                </Row>
                {actions && <Actions links={actions.links} note={actions.note} />}
                {moreLinks && (
                  <Row style={{ paddingTop: '20px' }}>
                    <p class="muted" style={textStyle(14, MUTED)}>
                      {moreLinks.label}: <InARow links={moreLinks.links} />
                    </p>
                  </Row>
                )}
                <Row style={{ paddingBottom: '28px' }} />
              </Table>
              <p class="muted" style={{ ...textStyle(13, MUTED), maxWidth: '560px', padding: '16px 8px 0' }}>
                {smallPrint}
              </p>
            </td>
          </tr>
        </Table>
      </body>
    </html>
  );
}

function FactRow({ fact: { label, lines, kind } }: { fact: Fact }) {
  const cell = { padding: '8px 0', verticalAlign: 'top' };
  return (
    <tr>
      <td
        class="label muted"
        style={{ ...textStyle(14, MUTED), ...cell, lineHeight: '24px', width: '128px', paddingRight: '16px' }}
      >
        {label}
      </td>
      <td class="value ink" style={{ ...textStyle(16, INK), ...cell }}>
        {lines.map((line) => (
          <Written line={line} kind={kind} />
        ))}
      </td>
    </tr>
  );
}

/** What people typed may run from right to left; each line finds its own direction. */
function Written({ line, kind }: { line: Line; kind: Fact['kind'] }) {
  if (line === '') return <br />;
  const text = typeof line === 'string' ? line : <Anchor link={line} />;
  if (kind === 'command') return <code style={COMMAND_STYLE}>{text}</code>;
  return <div dir="auto">{kind === 'former' ? <s>{text}</s> : text}</div>;
}

function Actions({ links, note }: NonNullable<Letter['actions']>) {
  return (
    <Row style={{ paddingTop: '16px' }}>
      {links.map(({ text, href }) => (
        <>
          <a class="link button" href={href} style={BUTTON_STYLE}>
            {text}
          </a>{' '}
        </>
      ))}
      <p class="muted" style={textStyle(13, MUTED)}>
        {note}
      </p>
    </Row>
  );
}

function InARow({ links }: { links: readonly Link[] }) {
  return links.map((link, i) => (
    <>
      {i > 0 && ' · '}
      <Anchor link={link} />
    </>
  ));
}

function Anchor({ link: { text, href } }: { link: Link }) {
  return (
    <a class="link" href={href} style={{ color: LINK }}>
      {text}
    </a>
  );
}

function Row({ style, children }: { style: CSSProperties; children?: ComponentChildren }) {
  return (
    <tr>
      <td class="gutter" style={{ paddingLeft: '32px', paddingRight: '32px', ...style }}>
        {children}
      </td>
    </tr>
  );
}

/** A table that is there for its looks, and is read to nobody as one. */
function Table(props: { class?: string; style: CSSProperties; children: ComponentChildren }) {
  return (
    <table
      class={props.class}
      role="presentation"
      width="100%"
      cellpadding="0"
      cellspacing="0"
      style={{ width: '100%', ...props.style }}
    >
      <tbody>{props.children}</tbody>
    </table>
  );
}

function textStyle(pixels: number, color: string): CSSProperties {
  return {
    margin: 0,
    fontFamily: FONT,
    fontSize: `${pixels}px`,
    fontWeight: 400,
    lineHeight: `${Math.round(pixels * 1.5)}px`,
    color,
    overflowWrap: 'anywhere',
    wordBreak: 'break-word',
  };
}

function cardStyle(tone: Tone): CSSProperties {
  return {
    maxWidth: '600px',
    textAlign: 'left',
    backgroundColor: CARD,
    borderTop: `6px solid ${tones[tone]}`,
    borderRadius: '8px',
    borderCollapse: 'separate',
  };
}

const BUTTON_STYLE: CSSProperties = {
  ...textStyle(16, LINK),
  display: 'inline-block',
  margin: '0 8px 12px 0',
  padding: '8px 18px',
  border: `1px solid ${LINK}`,
  borderRadius: '6px',
  fontWeight: 600,
  textDecoration: 'none',
};

const COMMAND_STYLE: CSSProperties = {
  display: 'block',
  padding: '8px 10px',
  borderRadius: '4px',
  backgroundColor: GROUND,
  fontFamily: 'Menlo, Consolas, monospace',
  fontSize: '14px',
  overflowWrap: 'anywhere',
};
