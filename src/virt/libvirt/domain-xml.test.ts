import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { domainSamples } from './domain-samples.ts';
import { domainXml } from './domain-xml.ts';
import { bearsMark } from './server-mark.ts';

describe('the definition of a guest', () => {
  test.for(Object.entries(domainSamples))('is the golden one: %s', async ([name, parts]) => {
    await expect(domainXml(parts)).toMatchFileSnapshot(join(import.meta.dirname, 'golden', `${name}.xml`));
  });

  test.for(Object.entries(domainSamples))('has the mark of its driver and of no other: %s', ([, parts]) => {
    const definition = domainXml(parts);
    expect(bearsMark(definition, '/')).toBe(false);
    expect(bearsMark(definition, `${parts.home}/other`)).toBe(false);
    expect(bearsMark(definition, parts.home)).toBe(true);
  });
});
