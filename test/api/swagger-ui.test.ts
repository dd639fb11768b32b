import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { startBrowser } from '../support/browser.js';
import { Installation } from '../support/installation.js';
import type { Owner } from '../support/owners.js';

const SETTLED_MS = 20_000;

type Operations = Record<string, Record<string, { operationId: string; tags: [string] }>>;

describe('the reference at /docs, in a browser', () => {
  let linktime: Installation;
  let url: string;
  let owner: Owner;
  let browser: Browser;
  let page: Page;
  const elsewhere: string[] = [];
  const complaints: string[] = [];

  beforeAll(async () => {
    [linktime, browser] = await Promise.all([Installation.production(), startBrowser()]);
    ({ url } = await linktime.startApi({ BASE_URL: 'https://linktime.example.com' }));
    owner = await linktime.owners.add();

    page = await browser.newPage();
    page.setDefaultTimeout(SETTLED_MS);
    page.on('request', (request) => {
      if (!/^(data|blob):/.test(request.url()) && new URL(request.url()).origin !== url) {
        elsewhere.push(request.url());
      }
    });
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(error.message));
  }, 60_000);
  afterAll(async () => {
    await browser?.close();
    await linktime?.close();
  });

  it('shows every operation of the API under its tag, and the webhooks', async () => {
    await page.goto(`${url}/docs`);
    await page.locator('#operations-Account-getMe').waitFor();
    const shown = await page.locator('.opblock').evaluateAll((blocks) => blocks.map(({ id }) => id));
    const { paths, webhooks } = (await (await fetch(`${url}/openapi.json`)).json()) as {
      paths: Operations;
      webhooks: Operations;
    };
    const operationsOf = (items: Operations) => Object.values(items).flatMap((item) => Object.values(item));
    const promised = [
      ...operationsOf(paths).map(
        ({ operationId, tags: [tag] }) => `operations-${tag.replaceAll(' ', '_')}-${operationId}`,
      ),
      ...operationsOf(webhooks).map(({ operationId }) => `operations-webhooks-${operationId}`),
    ];
    expect(shown.sort()).toEqual(promised.sort());
  });

  it('refuses to answer who has not given a key', async () => {
    expect(await execute('#operations-Account-getMe')).toEqual({
      status: '401',
      body: { error: 'Missing API key' },
    });
  });

  it('acts for the key that was entered under "Authorize"', async () => {
    await page.locator('.auth-wrapper .authorize').click();
    await page.getByLabel('auth-bearer-value').fill(owner.key);
    await page.locator('.auth-btn-wrapper .authorize').click();
    await page.locator('.btn-done').click();

    const { status, body } = await execute('#operations-Account-getMe');
    expect(status).toBe('200');
    expect(body).toMatchObject({ email: owner.email });
  });

  it('sends a body and shows what came of it', async () => {
    const { status, body } = await execute('#operations-Contacts-createContact');
    expect(status).toBe('201');
    expect(body).toMatchObject({ name: 'Ada Lovelace', email: 'ada@example.com', meetingCount: 0 });
  });

  it('still knows the key after a reload', async () => {
    await page.reload();
    await page.locator('.auth-wrapper .authorize.locked').waitFor();
    const { body } = await execute('#operations-Account-getMe');
    expect(body).toMatchObject({ email: owner.email });
  });

  it('has asked nobody but this LinkTime, wherever the world is told to find it', () => {
    expect(elsewhere).toEqual([]);
  });

  it('has broken no policy of its own', () => {
    const expected = 'Failed to load resource: the server responded with a status of 401 (Unauthorized)';
    expect(complaints).toEqual([expected]);
  });

  /** Opens the operation, sends its request as it is filled in, and reads the answer shown. */
  async function execute(operation: string): Promise<{ status: string; body: unknown }> {
    const block = page.locator(operation);
    if (!(await block.evaluate(({ classList }) => classList.contains('is-open')))) {
      await block.locator('.opblock-summary-control').click();
    }
    const [response] = await Promise.all([
      page.waitForResponse((answer) => new URL(answer.url()).pathname.startsWith('/api/')),
      block.locator('.execute').click(),
    ]);
    const shown = block.locator('.live-responses-table .response-col_status');
    await shown.filter({ hasText: String(response.status()) }).waitFor();
    const body = await block.locator('.live-responses-table .highlight-code code').first().innerText();
    return { status: String(response.status()), body: JSON.parse(body) as unknown };
  }
});
