import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { pythonRepr } from './python-repr.ts';

test.each([
  ['x', "'x'"],
  ["it's", `"it's"`],
  [`it's "so"`, `'it\\'s "so"'`],
  ['back\\slash', "'back\\\\slash'"],
  ['line\nbreak\ttab\r', "'line\\nbreak\\ttab\\r'"],
  ['\u0000\u007f\u00a0', "'\\x00\\x7f\\xa0'"],
  ['gr\u00fc\u00df \u{1f600}', "'gr\u00fc\u00df \u{1f600}'"],
  ['\u2028\ufeff', "'\\u2028\\ufeff'"],
  ['\u{e0001}', "'\\U000e0001'"],
  [true, 'True'],
  [false, 'False'],
  [null, 'None'],
  [1.5, '1.5'],
  [1e-7, '1e-07'],
  [[1, 'a', [null]], "[1, 'a', [None]]"],
  [{ a: { b: [] } }, "{'a': {'b': []}}"],
  [{ adminPass: 'hush' }, "{'adminPass': '***'}"],
])('%j is written %s', (value, text) => {
  expect(pythonRepr(value)).toBe(text);
});

test('what is quoted stays bounded', () => {
  expect(pythonRepr('x'.repeat(100_000)).length).toBeLessThan(2_100);
  fc.assert(fc.property(fc.jsonValue(), (value) => pythonRepr(value).length < 2_100));
});
