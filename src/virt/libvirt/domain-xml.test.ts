import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { domainSamples } from './domain-samples.ts';
import { domainXml } from './domain-xml.ts';
import { bearsMark } from './server-mark.ts';

describe('the definition of a guest', () => {
  // Fault 2026-11 E15: a missing file fails, and is not written unasked.
  test.for(Object.entries(domainSamples))('is the golden one: %s', async ([name, parts]) => {
    const file = join(import.meta.dirname, 'golden', `${name}.xml`);
    const now = domainXml(parts);
    if (process.env['UPDATE_GOLDENS'] === '1') await writeFile(file, now);
    expect(now).toBe(await readFile(file, 'utf8').catch(() => 'missing: run with UPDATE_GOLDENS=1'));
  });

  test('each golden file is of a sample', async () => {
    const files = await readdir(join(import.meta.dirname, 'golden'));
    expect(files.sort()).toEqual(
      Object.keys(domainSamples)
        .map((name) => `${name}.xml`)
        .sort(),
    );
  });

  test.for(Object.entries(domainSamples))('has the mark of its driver and of no other: %s', ([, parts]) => {
    const definition = domainXml(parts);
    expect(bearsMark(definition, '/')).toBe(false);
    expect(bearsMark(definition, `${parts.home}/other`)).toBe(false);
    expect(bearsMark(definition, parts.home)).toBe(true);
  });
});
