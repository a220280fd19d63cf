import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { MAX_CONSOLE_BYTES } from '../driver.ts';
import { consoleTail, cutConsoleLog } from './console-log.ts';

const logOf = async (...contents: (string | Buffer)[]): Promise<string> => {
  const directory = await mkdtemp(join(tmpdir(), 'nova-ts-console-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  const file = join(directory, 'console.log');
  const names = [file, `${file}.0`];
  for (const [index, content] of contents.entries()) await writeFile(names[index] ?? file, content);
  return file;
};

test('a guest without output has an empty console', async () => {
  expect(await consoleTail(await logOf(), undefined)).toBe('');
});

test('of a long log the end is returned', async () => {
  const text = await consoleTail(await logOf(`first\n${'x'.repeat(2 * MAX_CONSOLE_BYTES)}\nlast\n`), undefined);
  expect(text).toHaveLength(MAX_CONSOLE_BYTES);
  expect(text.endsWith('x\nlast\n')).toBe(true);
});

test('invalid UTF-8 does not exceed the limit', async () => {
  for (const noise of [Buffer.alloc(2 * MAX_CONSOLE_BYTES, 0xff), Buffer.from('🙂'.repeat(MAX_CONSOLE_BYTES))])
    for (const shift of ['', 'a', 'ab', 'abc'])
      expect(Buffer.byteLength(await consoleTail(await logOf(Buffer.concat([noise, Buffer.from(shift)])), undefined))).toBeLessThanOrEqual(
        MAX_CONSOLE_BYTES,
      );
});

test('a rotated log is continued from the previous one', async () => {
  expect(await consoleTail(await logOf('c\nd\n', 'a\nb\n'), 3)).toBe('b\nc\nd');
});

test('an oversized log is cut to its end, others are kept', async () => {
  const long = await logOf(`${'x'.repeat(5_000_000)}\nlast\n`);
  await cutConsoleLog(long);
  expect((await stat(long)).size).toBe(MAX_CONSOLE_BYTES);
  expect(await consoleTail(long, 1)).toBe('last');
  const short = await logOf('short\n');
  await cutConsoleLog(short);
  expect(await consoleTail(short, undefined)).toBe('short\n');
});
