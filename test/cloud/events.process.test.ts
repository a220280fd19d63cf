import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { LoggedEvent } from '../../src/objects/event-position.ts';
import { type Cloud, startCloud } from '../support/cloud.ts';

const PROGRAM = new URL('../../bin/nova-ts', import.meta.url).pathname;

let cloud: Cloud;
beforeAll(async () => {
  cloud = await startCloud();
});
afterAll(() => cloud?.destroy());

function manageEvents(...args: readonly string[]) {
  const own = Object.entries(process.env).filter(([name]) => !name.startsWith('NOVA_'));
  const env = { ...Object.fromEntries(own), NOVA_STATE_DIR: cloud.stateDir, NOVA_VIRT_DRIVER: 'fake' };
  return spawn(PROGRAM, ['manage', 'events', ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
}

async function read(...args: readonly string[]): Promise<readonly string[]> {
  const child = manageEvents(...args);
  const [[status], output] = await Promise.all([once(child, 'exit'), text(child.stdout)]);
  expect(status).toBe(0);
  return output.split('\n').filter((line) => line !== '');
}

/** The lines of a running program, as they arrive. */
function following(child: ChildProcess): string[] {
  const lines: string[] = [];
  if (child.stdout) createInterface(child.stdout).on('line', (line) => lines.push(line));
  return lines;
}

test('an operator reads past events, follows new ones, and continues from a position', { timeout: 120_000 }, async () => {
  const demo = await cloud.demo();
  const id = await demo.boot({ name: 'first' });
  expect(await demo.settled(id)).toMatchObject({ status: 'ACTIVE' });
  const lines = await read();
  expect(lines.filter((line) => line.includes(` ${id} `)).map((line) => line.split(/ +/)[1])).toEqual([
    'server.create.start',
    'server.create.end',
  ]);
  const last = lines.at(-1)?.split(/ +/).at(-1) ?? '';

  const child = manageEvents('--follow', '--json', '--after', last);
  const followed = following(child);
  const second = await demo.boot({ name: 'second' });
  await demo.settled(second);
  // Seam: the other program prints this type.
  const typesOf = (subject: string) =>
    followed.map((line): LoggedEvent => JSON.parse(line)).flatMap((event) => (event.subject === subject ? [event.type] : []));
  await expect.poll(() => typesOf(second), { timeout: 30_000 }).toEqual(['server.create.start', 'server.create.end']);
  expect(typesOf(id)).toEqual([]);
  child.kill('SIGTERM');
  expect(await once(child, 'exit')).toEqual([0, null]);
});

test('an invalid position is refused', async () => {
  const child = manageEvents('--after', 'yesterday');
  const [[status], errors] = await Promise.all([once(child, 'exit'), text(child.stderr)]);
  expect([status, errors]).toEqual([1, expect.stringContaining('yesterday is no position')]);
});
