import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { systemClock } from '../../src/lib/clock/clock.ts';
import { fakeGuests, leftovers } from '../support/books.ts';
import { type Cloud, startCloud } from '../support/cloud.ts';
import type { CloudClient } from '../support/cloud-client.ts';
import { until } from '../support/until.ts';
import { verifyCloud } from '../support/verify-cloud.ts';

/** How long interrupted work may take to end after a start. */
const BOUND_MS = 60_000;
const slow = { spawn: { delayMs: 2_000 }, destroy: { delayMs: 1_000 }, powerOff: { delayMs: 1_000 } };

let cloud: Cloud;
let demo: CloudClient;
beforeAll(async () => {
  cloud = await startCloud({ env: { NOVA_FAKE_FAULTS: JSON.stringify(slow), NOVA_FAKE_HOSTS: '2' } });
  demo = await cloud.demo();
});
afterAll(() => cloud?.destroy());

/** Every test starts and ends with an empty cloud, and leaves the books clean. */
afterEach(async () => {
  expect(await verifyCloud(cloud)).toMatchObject({ status: 0, breaches: [] });
  await Promise.all((await servers()).map(({ id }) => demo.remove(id, BOUND_MS)));
  const isEmpty = async () => (await leftovers(cloud)).length === 0;
  await until(isEmpty, { what: 'nothing is left', timeoutMs: 10_000 }).catch(() => {});
  expect(await leftovers(cloud)).toEqual([]);
  expect(await verifyCloud(cloud)).toMatchObject({ status: 0, breaches: [] });
}, 120_000);

const servers = async (): Promise<{ id: string; status: string }[]> =>
  (await demo.ask('compute', 'GET', '/v2.1/servers/detail')).body.servers;

const act = (id: string, body: object) => demo.ask('compute', 'POST', `/v2.1/servers/${id}/action`, body);

// Fault 2026-11 E15.
/** The boots start a little apart, so that the process dies at different points of each. */
test.each([{ apartMs: 40 }, { apartMs: 450 }])(
  'boots begun $apartMs ms apart end ACTIVE after the death of the process',
  async ({ apartMs }) => {
    const ids: string[] = [];
    for (let i = 0; i < 6; i += 1) {
      ids.push(await demo.boot({ name: `boot-${i}` }));
      await systemClock.sleep(apartMs);
    }
    await cloud.kill9();
    await cloud.start();
    const ended = await Promise.all(ids.map((id) => demo.settled(id, BOUND_MS)));
    expect(ended.map(({ status, fault }) => [status, fault?.message])).toEqual(ids.map(() => ['ACTIVE', undefined]));
    expect((await fakeGuests(cloud)).sort()).toEqual(ids.toSorted());
  },
);

test('a delete that is interrupted by the process’s death is completed', async () => {
  const ids = await Promise.all([demo.boot({ name: 'a' }), demo.boot({ name: 'b' })]);
  await Promise.all(ids.map((id) => demo.settled(id)));
  const deleted = await Promise.all(ids.map((id) => demo.ask('compute', 'DELETE', `/v2.1/servers/${id}`)));
  expect(deleted.map(({ status }) => status)).toEqual([204, 204]);
  await systemClock.sleep(300);
  expect(await fakeGuests(cloud)).toHaveLength(2);
  await cloud.kill9();
  await cloud.start();
  await until(async () => (await servers()).length === 0, { what: 'the servers are gone', timeoutMs: BOUND_MS });
});

test('a boot that is deleted just before the process dies is gone afterwards', async () => {
  const id = await demo.boot({ name: 'unwanted' });
  await systemClock.sleep(1_000);
  expect(await demo.ask('compute', 'DELETE', `/v2.1/servers/${id}`)).toMatchObject({ status: 204 });
  await cloud.kill9();
  await cloud.start();
  await until(async () => (await servers()).length === 0, { what: 'the server is gone', timeoutMs: BOUND_MS });
});

test('a stop that is interrupted by the process’s death ends in the real state', async () => {
  const id = await demo.boot({ name: 'stopping' });
  await demo.settled(id);
  expect(await act(id, { 'os-stop': null })).toMatchObject({ status: 202 });
  await systemClock.sleep(300);
  await cloud.kill9();
  await cloud.start();
  expect(await demo.settled(id, BOUND_MS)).toMatchObject({ status: 'SHUTOFF', 'OS-EXT-STS:power_state': 4 });
});
