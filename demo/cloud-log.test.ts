import { expect, test } from 'vitest';
import { readable } from './cloud-log.ts';

test.each([
  ['{"level":"error","msg":"it failed","err":{"message":"disk full"}}', 'error it failed: disk full'],
  ['{"level":"info","msg":"all is well"}', 'info all is well'],
  ['nova-ts ready', 'nova-ts ready'],
  ['{"no":"message"}', '{"no":"message"}'],
])('%s reads as %s', (line, text) => {
  expect(readable(line)).toBe(text);
});
