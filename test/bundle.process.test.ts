import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, readdir, readFile, rename, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';

/** bin/nova-ts in a checkout of its own with a small program, on the packages of this checkout. */
const run = promisify(execFile);
const ROOT = join(import.meta.dirname, '..');

let checkout: string;
beforeEach(async () => {
  checkout = await mkdtemp(join(tmpdir(), 'nova-bundle-'));
  for (const entry of ['bin', 'package-lock.json']) await cp(join(ROOT, entry), join(checkout, entry), { recursive: true });
  for (const folder of ['node_modules', 'packages', 'guest', 'src/cmd', 'src/lib/errors'])
    await mkdir(join(checkout, folder), { recursive: true });
  for (const entry of await readdir(join(ROOT, 'node_modules')))
    if (entry !== '.cache') await symlink(join(ROOT, 'node_modules', entry), join(checkout, 'node_modules', entry));
  await cp(join(ROOT, 'src/lib/errors/source-stacks.ts'), join(checkout, 'src/lib/errors/source-stacks.ts'));
});
afterEach(() => rm(checkout, { recursive: true, force: true }));

const write = (file: string, text: string) => writeFile(join(checkout, 'src', file), text);
const nova = async (...args: string[]) => (await run(join(checkout, 'bin', 'nova-ts'), args)).stdout.trim();
const entry = () => join(checkout, 'node_modules/.cache/nova-ts/main.mjs');

test('what runs is the source as it is now, also when a file came with an old date', async () => {
  await write('cmd/word.ts', `export const word: string = 'one';`);
  await write('cmd/main.ts', `import { word } from './word.ts'; console.log(word);`);
  expect(await nova()).toBe('one');
  const bundled = await readFile(entry(), 'utf8');
  expect(await nova()).toBe('one');
  expect(await readFile(entry(), 'utf8')).toBe(bundled);
  await write('cmd/word.ts', `export const word: string = 'two';`);
  const longAgo = new Date('2020-01-01T00:00:00Z');
  await utimes(join(checkout, 'src/cmd/word.ts'), longAgo, longAgo);
  expect(await nova()).toBe('two');
  await rm(join(checkout, 'src/cmd/word.ts'));
  await expect(nova()).rejects.toThrow(/word\.ts/);
});

test('several at once start from one whole bundle', async () => {
  await write('cmd/word.ts', `export const word = 'all';`);
  await write('cmd/main.ts', `console.log((await import('./word.ts')).word);`);
  expect(await Promise.all([nova(), nova(), nova()])).toEqual(['all', 'all', 'all']);
  expect((await readdir(join(checkout, 'node_modules/.cache/nova-ts'))).filter((name) => name.startsWith('making'))).toEqual([]);
});

test('a start that was killed while it made the bundle holds up no other', async () => {
  await write('cmd/main.ts', `console.log('made');`);
  const folder = join(checkout, 'node_modules/.cache/nova-ts');
  await mkdir(folder, { recursive: true });
  const dead = spawn('true');
  await once(dead, 'exit');
  await writeFile(join(folder, 'making'), String(dead.pid));
  expect(await Promise.all([nova(), nova()])).toEqual(['made', 'made']);
});

test('what a bundle had is kept for a week after the next one came, for programs that still run from it', async () => {
  const folder = join(checkout, 'node_modules/.cache/nova-ts');
  const parts = async () => (await readdir(folder)).filter((name) => name.startsWith('word-') && name.endsWith('.mjs'));
  await write('cmd/main.ts', `console.log((await import('./word.ts')).word);`);
  const nextBundle = async (word: string): Promise<void> => {
    await write('cmd/word.ts', `export const word = '${word}';`);
    expect(await nova()).toBe(word);
  };
  const age = async (days: number, names: readonly string[]): Promise<void> => {
    const then = new Date(Date.now() - days * 24 * 3_600_000);
    for (const name of names) await utimes(join(folder, name), then, then);
  };
  await nextBundle('one');
  const [first = ''] = await parts();
  await age(30, await readdir(folder));
  await nextBundle('two');
  expect(await parts()).toContain(first);
  await nextBundle('three');
  expect(await parts()).toHaveLength(3);
  await age(8, [first]);
  await nextBundle('four');
  expect(await parts()).toHaveLength(3);
  expect(await parts()).not.toContain(first);
});

test('files beside the source are found, also after the checkout was moved', async () => {
  await write('cmd/note.txt', 'found');
  await write(
    'cmd/main.ts',
    `import { readFileSync } from 'node:fs'; import { join } from 'node:path';
     console.log(readFileSync(join(import.meta.dirname, 'note.txt'), 'utf8'), readFileSync(new URL('./note.txt', import.meta.url), 'utf8'));`,
  );
  expect(await nova()).toBe('found found');
  const moved = `${checkout}-moved`;
  await rename(checkout, moved);
  checkout = moved;
  expect(await nova()).toBe('found found');
});

test('source that is not looked at is no part of a bundle', async () => {
  await mkdir(join(checkout, 'elsewhere'));
  await write('../elsewhere/word.ts', `export const word = 'far';`);
  await write('cmd/main.ts', `import { word } from '../../elsewhere/word.ts'; console.log(word);`);
  const { stdout, stderr } = await run(join(checkout, 'bin', 'nova-ts'));
  expect({ stdout, stderr }).toEqual({ stdout: 'far\n', stderr: expect.stringContaining('bin/nova-ts must look at elsewhere/word.ts') });
});

test('a stack trace names the lines of the source', async () => {
  await write('cmd/fails.ts', `\n\nexport const fails = (): never => {\n  throw new TypeError('on purpose');\n};\n`);
  await write(
    'cmd/main.ts',
    `import { nameSourceInStacks } from '../lib/errors/source-stacks.ts'; import { fails } from './fails.ts';
     nameSourceInStacks();
     try { fails(); } catch (error) { console.log(error.stack); }
     fails();`,
  );
  const ends = spawn(join(checkout, 'bin', 'nova-ts'), { stdio: ['ignore', 'pipe', 'pipe'] });
  const [stdout, stderr] = await Promise.all([ends.stdout.toArray(), ends.stderr.toArray(), once(ends, 'exit')]);
  const caught = Buffer.concat(stdout).toString();
  expect(caught).toContain('TypeError: on purpose\n    at fails (file://');
  expect(caught).toMatch(/src\/cmd\/fails\.ts:4:9\)\n {4}at .*src\/cmd\/main\.ts:3:12/);
  expect(Buffer.concat(stderr).toString()).toMatch(/src\/cmd\/fails\.ts:4:9\)/);
});
