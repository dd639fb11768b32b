import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { root } from './support/paths.js';
import { temporaryFolder } from './support/temporary-folder.js';

const run = promisify(execFile);

describe('the benchmarks', () => {
  it('still run, on next to nothing, and tell every figure of the README', async () => {
    const folder = await temporaryFolder();
    try {
      const args = [join(root, 'bench/bench.mjs'), '--tiny', '--json', '--out', folder.path];
      const { stdout } = await run(process.execPath, args, { cwd: root, maxBuffer: 16 * 1024 ** 2 });
      const measured = JSON.parse(stdout);

      expect(measured.engine.workloads.length).toBeGreaterThan(0);
      expect(measured.http.results.map(({ workload }: { workload: string }) => workload)).toEqual([
        'GET /me',
        'bookings, page 1',
        'booking detail',
        'contact search',
        'availability, 7 days',
        'POST /api/bookings',
      ]);
      for (const { throughput, cpu } of measured.http.results) {
        expect(throughput).toBeGreaterThan(0);
        expect(cpu).toBeGreaterThan(0);
      }
      expect(measured.http.calendars).toMatchObject({ connections: 3, events: 50, most: 1.3 });
      expect(measured.http.calendars.ratio).toBeGreaterThan(0);
      expect(measured.http.growth.points).toHaveLength(9);
      for (const { perSecond, doubled, lag, api } of measured.delivery.results) {
        expect(perSecond).toBeGreaterThan(0);
        expect(doubled).toBe(0);
        expect(lag.max).toBeGreaterThan(0);
        expect(api.bookings.ratio.p99).toBeGreaterThan(0);
      }
      expect(measured.delivery.results).toHaveLength(2);
      expect(measured.rest.residentBytes).toBeGreaterThan(0);
      expect(await readFile(join(folder.path, 'growth.svg'), 'utf8')).toMatch(/^<svg [\s\S]*<\/svg>\n$/);
      expect((await readdir(folder.path)).toSorted()).toEqual([
        'engine-http-delivery-rest.json',
        'engine-http-delivery-rest.md',
        'growth.svg',
      ]);
    } finally {
      await folder.remove();
    }
  }, 180_000);
});
