import { Instant } from '@js-joda/core';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { composeMail } from '../src/delivery/mails/compose-mail.js';
import { startBrowser } from './support/browser.js';
import { bookingMail, mails } from './support/mails.js';

const WIDTHS = [640, 360, 320];
const LEAST_CONTRAST = 4.5; // WCAG 2.2, 1.4.3

const long = 'Donaudampfschifffahrtsgesellschaft'.repeat(8);
const shown = Object.entries({
  ...mails,
  'a booking of very long words': bookingMail('BOOKING_CONFIRMATION', 'owner', {
    booking: { notes: long, location: `https://example.com/${long}`, answers: { topic: long } },
  }),
}).map(([name, mail]) => ({ name, ...composeMail(mail, { at: Instant.parse('2026-03-01T10:00:00Z') }) }));

describe('a mail in a browser', () => {
  let browser: Browser;
  let page: Page;
  const requests: string[] = [];

  beforeAll(async () => {
    browser = await startBrowser();
    page = await browser.newPage();
    page.on('request', (request) => requests.push(request.url()));
  });
  afterAll(() => browser?.close());

  it.each(shown)('($name) fits screens down to 320 pixels without scrolling sideways', async ({ html }) => {
    await page.setContent(html);
    for (const width of WIDTHS) {
      await page.setViewportSize({ width, height: 800 });
      const needed = await page.evaluate(`document.documentElement.scrollWidth`);
      expect(needed).toBeLessThanOrEqual(width);
    }
  });

  it.each(shown)('($name) says what its text says', async ({ html, text }) => {
    await page.setContent(html);
    const seen = (await page.locator('body').innerText()).replaceAll(/\s+/g, ' ');
    const links = await page
      .locator('a')
      .evaluateAll((anchors) => anchors.map((a) => a.getAttribute('href')));
    for (const line of text.split('\n').filter((line) => line.trim() !== '' && line !== '-- ')) {
      const [, label = line, href] = /^(\S.*): (https?:\S+)$/.exec(line) ?? [];
      expect(seen).toContain(label.trim().replace(/^(\S.*):$/, '$1'));
      if (href) expect(links).toContain(href);
    }
  });

  it.each(shown)('($name) can be read on light screens and on dark ones', async ({ html }) => {
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      await page.setContent(html);
      const contrasts = await page.evaluate<[text: string, contrast: number][]>(CONTRASTS);
      expect(contrasts.length).toBeGreaterThan(5);
      expect(contrasts.filter(([, contrast]) => contrast < LEAST_CONTRAST)).toEqual([]);
    }
    await page.emulateMedia({ colorScheme: 'light' });
  });

  it('asks nobody for anything', async () => {
    for (const { html } of shown) await page.setContent(html);
    expect(requests).toEqual([]);
  });
});

/** In the page: each piece of text with the contrast to the ground it stands on. */
const CONTRASTS = `(() => {
  const channels = (color) => color.match(/[\\d.]+/g).map(Number);
  const luminance = (color) => {
    const [r, g, b] = channels(color).map((c) => c / 255).map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ground = (element) => {
    const color = getComputedStyle(element).backgroundColor;
    return channels(color)[3] === 0 ? ground(element.parentElement) : color;
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const found = [];
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || !element.offsetParent) continue;
    const [dark, light] = [luminance(getComputedStyle(element).color), luminance(ground(element))].sort((a, b) => a - b);
    found.push([walker.currentNode.data, (light + 0.05) / (dark + 0.05)]);
  }
  return found;
})()`;
