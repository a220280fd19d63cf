import { expect, test } from 'vitest';
import { jsonText, throughJson } from './json-text.ts';

test.each([
  ['a\u0000b', 'a\ufffdb'],
  ['\u0000\u0000', '\ufffd\ufffd'],
  ['\ud800x', '\ufffdx'],
  ['\\u0000', '\\u0000'],
  ['\\\u0000', '\\\ufffd'],
  ['😀', '😀'],
])('%j comes back as %j', (given, expected) => {
  expect(throughJson([given])).toEqual([expected]);
});

test('what JSON has no word for is undefined', () => {
  expect(jsonText(undefined)).toBeUndefined();
  expect(throughJson(() => 1)).toBeUndefined();
});
