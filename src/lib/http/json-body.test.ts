import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseJson } from './json-body.ts';

test('what JSON.parse reads comes out the same', () => {
  fc.assert(
    fc.property(fc.json({ maxDepth: 5 }), (text) => {
      fc.pre(!/__proto__|constructor|\\u0000|\\ud[89a-f]/.test(text));
      expect(parseJson(text, 64)).toEqual(JSON.parse(text));
    }),
  );
});

test('an empty body is no value', () => {
  expect(parseJson('', 64)).toBeUndefined();
  expect(parseJson(' \n', 64)).toBeUndefined();
});

test.each([
  ['broken', '{"a":'],
  ['not JSON', 'name=x'],
  ['too deep', '['.repeat(100) + ']'.repeat(100)],
  ['much too deep', '['.repeat(50_000) + ']'.repeat(50_000)],
  ['poisoned', '{"a": {"__proto__": {"isAdmin": true}}}'],
  ['poisoned by constructor', '{"constructor": {"prototype": {}}}'],
  ['NUL-bearing', '{"a": ["x\\u0000"]}'],
  ['NUL-named', '{"x\\u0000": 1}'],
  ['half-a-character', '{"a": "\\ud800"}'],
])('%s bodies are malformed', (_what, text) => {
  expect(() => parseJson(text, 64)).toThrow('Malformed request body');
});
