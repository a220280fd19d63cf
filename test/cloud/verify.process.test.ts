import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { query } from '../support/books.ts';
import { type Cloud, startCloud } from '../support/cloud.ts';
import { verifyCloud } from '../support/verify-cloud.ts';

let cloud: Cloud;
let id: string;
beforeAll(async () => {
  cloud = await startCloud();
  const demo = await cloud.demo();
  id = await demo.boot({ name: 'one' });
  expect(await demo.settled(id)).toMatchObject({ status: 'ACTIVE' });
});
afterAll(() => cloud?.destroy());

test('a sound cloud is clean, and what could not be checked from outside is listed', async () => {
  expect(await verifyCloud(cloud)).toMatchObject({
    status: 0,
    breaches: [],
    silent: [],
    notChecked: [expect.stringContaining('guests on hypervisors: the queue is inside the process of the cloud')],
  });
});

test('a breach gives status 1, and a repair 0 again', async () => {
  await query(cloud, `update servers set task_state = 'pausing', workflow_id = 'lost' where id = $1`, [id]);
  const breaches = [`tasks-are-held: Server ${id} is pausing, but no workflow will end that.`];
  expect(await verifyCloud(cloud)).toMatchObject({ status: 1, breaches });
  expect(await verifyCloud(cloud, { args: ['--repair'] })).toMatchObject({ status: 0, breaches: [] });
  expect(await verifyCloud(cloud)).toMatchObject({ status: 0, breaches: [] });
  const demo = await cloud.demo();
  expect(await demo.settled(id)).toMatchObject({ status: 'ACTIVE', 'OS-EXT-STS:task_state': null });
});

test('a breach without a repair stays reported', async () => {
  await query(cloud, `insert into events (type, subject, request_id, payload) values ('server.delete.end', $1, 'req-odd', '{}')`, [id]);
  const breaches = [`events-in-order: The events of server ${id} do not match its record.`];
  expect(await verifyCloud(cloud, { args: ['--repair'] })).toMatchObject({ status: 1, breaches });
  await query(cloud, `delete from events where request_id = 'req-odd'`);
});

test('without a cloud it fails with a message, and creates none', async () => {
  const stateDir = await mkdtemp(join(tmpdir(), 'nova-nothing-'));
  try {
    const { status, errors } = await verifyCloud({ stateDir });
    expect(status).toBe(2);
    expect(errors).toContain('the books could not be checked: there is no cloud in');
  } finally {
    await rm(stateDir, { recursive: true });
  }
});
