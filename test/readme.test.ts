import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { settingsTable } from '../src/composition/profile.js';
import { root } from './support/paths.js';

const readme = readFileSync(join(root, 'README.md'), 'utf8');

describe('The README', () => {
  it('names only files that exist in its index of rules', () => {
    const [, index = ''] = /### Where each rule is\n([\s\S]*?)\n## /.exec(readme) ?? [];
    const files = [...index.matchAll(/`([^`]+)`/g)].map(([, file]) => file!);

    expect(files.length).toBeGreaterThan(15);
    expect(files.filter((file) => !existsSync(join(root, file)))).toEqual([]);
  });

  it('says of the settings what the schema says', () => {
    const [, table] = /<!-- settings -->\n\n([\s\S]*?)\n\n<!-- \/settings -->/.exec(readme) ?? [];
    expect(unaligned(table ?? '')).toBe(unaligned(settingsTable()));
  });

  it('links to nothing that is not there', () => {
    const targets = [...readme.matchAll(/\]\(([^)#]+)\)/g)].map(([, target]) => target!);
    expect(targets.filter((target) => !/^https?:/.test(target) && !existsSync(join(root, target)))).toEqual(
      [],
    );
  });
});

/** A Markdown table without what only makes its columns line up. */
function unaligned(table: string): string {
  return table.replace(/ *\| */g, '|').replace(/-{3,}/g, '---');
}
