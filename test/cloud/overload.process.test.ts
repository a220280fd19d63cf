/** More requests than a cloud can handle: each is answered, refused ones have no effect, and afterwards the cloud works as before. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Answer } from '../support/ask.ts';
import { type Cloud, startCloud } from '../support/cloud.ts';
import type { CloudClient } from '../support/cloud-client.ts';

const ROOM = 24;
/** So few that a busy machine, on which clients are slow, exceeds it too. */
const ROOM_OF_A_PROJECT = 2;
const CLIENTS = 500;
/** The memory that a burst may leave occupied: connections and buffers, not work. */
const MORE_MEMORY_MB = 200;

let cloud: Cloud;
let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'nova-overload-'));
  const file = join(directory, 'nova.conf');
  await writeFile(file, `[api]\nmax_requests = ${ROOM}\nmax_requests_per_project = ${ROOM_OF_A_PROJECT}\n[quota]\nkey_pairs = -1\n`);
  cloud = await startCloud({ env: { NOVA_CONFIG: file } });
}, 120_000);
afterAll(async () => {
  await cloud?.destroy();
  await rm(directory, { recursive: true, force: true });
});

let demo: CloudClient;
let admin: CloudClient;
beforeEach(async () => {
  [demo, admin] = await Promise.all([cloud.demo(), cloud.admin()]);
});

const atOnce = (request: (n: number) => Promise<Answer>) => Promise.all(Array.from({ length: CLIENTS }, (_, n) => request(n)));

const memoryMb = async (): Promise<number> => {
  const { pid } = JSON.parse(await readFile(join(cloud.stateDir, 'ready.json'), 'utf8'));
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) / 1024;
};

/** Every refusal has a Retry-After and the compute service's fault shape. */
function isWellRefused({ status, body, headers }: Answer): boolean {
  if (!(Number(headers.get('retry-after')) > 0)) return false;
  if (status === 429) return body.overLimit?.code === 429 && body.overLimit.retryAfter === headers.get('retry-after');
  return status === 503 && body.serviceUnavailable?.code === 503;
}

test('each of 500 concurrent reads is answered, or refused with Retry-After', { timeout: 120_000 }, async () => {
  const before = process.platform === 'linux' ? await memoryMb() : 0;
  const answers = await atOnce(() => demo.ask('compute', 'GET', '/v2.1/servers/detail'));
  const refused = answers.filter(({ status }) => status !== 200);
  expect(refused.filter((answer) => !isWellRefused(answer))).toEqual([]);
  expect(refused.length).toBeGreaterThan(0);
  expect(refused.length).toBeLessThan(CLIENTS);
  expect(await demo.ask('compute', 'GET', '/v2.1/servers/detail')).toMatchObject({ status: 200 });
  if (process.platform === 'linux') expect(await memoryMb()).toBeLessThan(before + MORE_MEMORY_MB);
});

test('of 500 concurrent changes the refused ones have no effect', { timeout: 120_000 }, async () => {
  const answers = await atOnce((n) =>
    demo.ask('compute', 'POST', '/v2.1/os-keypairs', { keypair: { name: `burst-${n}`, public_key: KEY } }),
  );
  const [made, refused] = [answers.filter(({ status }) => status < 300), answers.filter(({ status }) => status >= 300)];
  expect(refused.filter((answer) => !isWellRefused(answer))).toEqual([]);
  expect(refused.length).toBeGreaterThan(0);
  const { body } = await demo.ask('compute', 'GET', '/v2.1/os-keypairs');
  const names = body.keypairs.map(({ keypair }: { keypair: { name: string } }) => keypair.name);
  expect(names.toSorted()).toEqual(made.map((answer) => answer.body.keypair.name).toSorted());
});

test('a project with too many concurrent requests does not block another project', { timeout: 120_000 }, async () => {
  const many = Promise.all(Array.from({ length: ROOM - 2 }, () => demo.ask('compute', 'GET', '/v2.1/servers/detail')));
  const other = await admin.ask('compute', 'GET', '/v2.1/servers/detail');
  expect(other).toMatchObject({ status: 200 });
  for (const answer of await many) expect(answer.status === 200 || (answer.status === 429 && isWellRefused(answer))).toBe(true);
});

test('the network and image services refuse in their own fault shapes', { timeout: 120_000 }, async () => {
  const [networks, images] = await Promise.all([
    atOnce(() => demo.ask('network', 'GET', '/v2.0/networks')),
    atOnce(() => demo.ask('image', 'GET', '/v2/images')),
  ]);
  for (const [answers, message] of [
    [networks, ({ body }: Answer) => body.NeutronError?.message],
    [images, ({ body }: Answer) => body.message],
  ] as const) {
    const refused = answers.filter(({ status }) => status !== 200);
    expect(refused.length).toBeGreaterThan(0);
    for (const answer of refused) {
      expect([429, 503]).toContain(answer.status);
      expect([Number(answer.headers.get('retry-after')) > 0, message(answer)]).toEqual([
        true,
        expect.stringContaining('try again shortly'),
      ]);
    }
  }
});

const KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJQ3xg5cJmQk0iTgXoWk1nZb6b1p5S0M5oqs0rT6aVdB someone@somewhere';
