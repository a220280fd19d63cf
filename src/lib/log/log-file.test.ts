import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openLogFile } from './log-file.ts';

let directory: string;
let path: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'nova-log-'));
  path = join(directory, 'logs', 'all.log');
});
afterEach(() => rmSync(directory, { recursive: true }));

const read = (file: string) => readFileSync(file, 'utf8');
const textOf = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => `line ${from + i}\n`).join('');

test('a full file moves to its predecessor, and no line is lost', () => {
  const log = openLogFile({ path, maxBytes: 70 });
  for (let i = 0; i < 25; i++) log.write(`line ${i}\n`);
  expect(read(path)).toBe(textOf(19, 25));
  expect(read(`${path}.1`)).toBe(textOf(10, 19));
  expect(statSync(path).mode & 0o777).toBe(0o600);
  log.end();
});

test('what others append meanwhile stays in the file, which goes on from its last size', () => {
  openLogFile({ path, maxBytes: 70 }).end();
  writeFileSync(path, textOf(0, 8));
  const log = openLogFile({ path, maxBytes: 70 });
  appendFileSync(path, 'crashed\n');
  log.write('line 8\n');
  log.write('line 9\n');
  log.write('line 10\n');
  expect(read(path)).toBe('line 10\n');
  expect(read(`${path}.1`)).toBe(`${textOf(0, 8)}crashed\n${textOf(8, 10)}`);
  log.end();
});

test('a file that cannot be written is refused with its name and the reason', () => {
  writeFileSync(join(directory, 'file'), '');
  const inFile = join(directory, 'file', 'all.log');
  expect(() => openLogFile({ path: inFile, maxBytes: 70 })).toThrow(`the log file ${inFile} cannot be written (E`);
});
