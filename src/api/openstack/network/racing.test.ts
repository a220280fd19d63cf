import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type NetworkFace, startNetworkFace } from './test-face.ts';

let face: NetworkFace;
beforeAll(async () => {
  face = await startNetworkFace();
});
afterAll(() => face?.close());

/** How many statements wait for a lock. */
async function waiting(): Promise<number | undefined> {
  const select = sql<{ n: number }>`
    SELECT count(*)::int AS n FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
  return (await select.execute(face.cloud.database.db)).rows[0]?.n;
}

/** Starts requests while the row is locked, and lets them go on when all of them wait: so they surely meet. */
async function allAtOnce<T>(table: string, id: string, requests: readonly (() => Promise<T>)[]): Promise<readonly T[]> {
  const { db } = face.cloud.database;
  const started = await db.transaction().execute(async (trx) => {
    await sql`SELECT FROM ${sql.table(table)} WHERE id = ${id} FOR NO KEY UPDATE`.execute(trx);
    const answers = requests.map((request) => request());
    await expect.poll(waiting, { timeout: 5000 }).toBe(requests.length);
    return { answers };
  });
  return await Promise.all(started.answers);
}

// Fault 2026-11 A6.
test('of rules that mean the same and come at once one is written', async () => {
  const group = await face.create('security_group', {});
  const rule = (protocol: string) => () =>
    face.send('POST', '/v2.0/security-group-rules', {
      json: { security_group_rule: { security_group_id: group.id, direction: 'ingress', protocol } },
    });
  const answers = await allAtOnce('security_groups', group.id, ['esp', '50'].map(rule));
  expect(answers.map(({ status }) => status).sort()).toEqual([201, 409]);
});

// Fault 2026-11 D5.
test('tags that are added at once are all kept', async () => {
  const network = await face.create('network', { tags: ['old'] });
  const add = (tag: string) => () => face.send('PUT', `/v2.0/networks/${network.id}/tags/${tag}`);
  const answers = await allAtOnce('networks', network.id, ['a', 'b'].map(add));
  expect(answers.map(({ status }) => status)).toEqual([201, 201]);
  expect((await face.send('GET', `/v2.0/networks/${network.id}/tags`)).json).toEqual({ tags: ['a', 'b', 'old'] });
});

/** Starts requests while somebody holds a lock of the transaction's, and lets them go on when all of them wait. */
async function allBehind<T>(lock: ReturnType<typeof sql>, requests: readonly (() => Promise<T>)[]): Promise<readonly T[]> {
  const started = await face.cloud.database.db.transaction().execute(async (trx) => {
    await sql`SELECT pg_advisory_xact_lock(${lock})`.execute(trx);
    const answers = requests.map((request) => request());
    await expect.poll(waiting, { timeout: 5000 }).toBe(requests.length);
    return { answers };
  });
  return await Promise.all(started.answers);
}

test.each([
  ['subnetpool', 'subnetpools', { prefixes: ['10.0.0.0/8'] }, sql`hashtext('default subnet pool'), 4`, 400],
  ['policy', 'qos/policies', {}, sql`hashtext('default QoS policy'), hashtext('alice')`, 409],
] as const)('of two that become the default %s at once one does', async (kind, path, fields, lock, refused) => {
  const make = (name: string) => () =>
    face.send('POST', `/v2.0/${path}`, { token: 'alice:admin', json: { [kind]: { name, is_default: true, ...fields } } });
  const answers = await allBehind(lock, ['one', 'other'].map(make));
  expect(answers.map(({ status }) => status).sort()).toEqual([201, refused]);
});
