import { createHash } from 'node:crypto';
import { render } from 'preact-render-to-string';

/** What an owner is told when he comes back from his provider. Every text is shown as text. */
export interface Page {
  readonly title: string;
  readonly paragraphs: readonly string[];
}

// Text and ground have a contrast of 4.5 at least (WCAG 2.2, 1.4.3), in the light and in the dark.
const STYLE = `
:root { color-scheme: light dark; }
body { margin: 0; padding: 10vh 24px; background: #f3f4f6; color: #111827; font: 18px/1.5 -apple-system, 'Segoe UI', Roboto, Arial, sans-serif; }
main { max-width: 34em; margin: 0 auto; padding: 24px 32px; background: #ffffff; border-radius: 12px; }
h1 { margin: 0; font-size: 1.4em; line-height: 1.3; }
p { overflow-wrap: anywhere; }
@media (prefers-color-scheme: dark) {
  body { background: #111827; color: #f9fafb; }
  main { background: #1f2937; }
}
`;

/** Nothing but this page's own style sheet is ever loaded or run for it. */
export const PAGE_POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`,
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

export function pageText({ title, paragraphs }: Page): string {
  const page = (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="robots" content="noindex" />
        <title>{`${title} – LinkTime`}</title>
        <style dangerouslySetInnerHTML={{ __html: STYLE }} />
      </head>
      <body>
        <main>
          <h1>{title}</h1>
          {paragraphs.map((paragraph) => (
            <p>{paragraph}</p>
          ))}
        </main>
      </body>
    </html>
  );
  return `<!DOCTYPE html>\n${render(page)}\n`;
}
