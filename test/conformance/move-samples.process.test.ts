/** Nova's published samples of moves, on a simulated cloud with the hosts that they name. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { insertFlavor } from '../../src/db/stores/flavors/flavors.ts';
import { systemIds } from '../../src/lib/clock/ids.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { checkDeclared } from '../support/declared-answer.ts';
import { missingSamples, readSample, requestOf, type SampleRow, skipsSamples } from '../support/published-samples.ts';
import { sampleFlavor } from '../support/sample-server.ts';
import { shapeFaults } from '../support/sample-shapes.ts';
import { SimulatedCloud } from '../support/simulated-cloud.ts';
import { openFace, type SimulatedFace } from '../support/simulated-face.ts';
import { until } from '../support/until.ts';
import { runningMoveSamples, serverMoveSamples } from './samples/server-move-samples.ts';

/** As the samples name them. */
const [HOST, COLD, LIVE] = ['host-1', 'host1', '01c0cadef72d47e28a672a76060d492c'] as const;

describe.skipIf(skipsSamples)(`published samples of moves${missingSamples}`, () => {
  let database: TestDatabase;
  let cloud: SimulatedCloud;
  let face: SimulatedFace;
  let server: string;

  beforeAll(async () => {
    database = await createTestDatabase();
    for (const id of ['1', '2']) await insertFlavor(database.db, { ...sampleFlavor, id, name: `m1.${id}` });
    cloud = new SimulatedCloud(database, { maxAttempts: 1 });
    await cloud.start(HOST, COLD, LIVE);
    cloud.startEngine();
    face = await openFace(cloud);
    server = await face.boot({});
  });
  afterAll(async () => {
    await face?.close();
    await cloud?.stop();
    await database?.drop();
  });

  const isIdle = async () => (await cloud.server(server)).taskState === null;
  const migrationNow = async () =>
    (await database.db.selectFrom('server_migrations').select(['number', 'status']).orderBy('number', 'desc').executeTakeFirst()) ?? {
      number: 0,
      status: 'none',
    };

  /** A host that a request names must not be the one that the server is on. */
  async function makeWayFor(body: unknown): Promise<void> {
    const named = Object.values(Object(body)).map((value) => Object(value).host);
    const { host } = await cloud.server(server);
    if (!named.includes(host)) return;
    const elsewhere = { host: HOST, block_migration: 'auto' };
    await face.ask('POST', `/servers/${server}/action`, { at: '2.80', as: 'admin', body: { 'os-migrateLive': elsewhere } });
    await until(isIdle, { what: 'the server is idle', timeoutMs: 60_000 });
  }

  async function check(at: string, folder: string, [ask, sampled, status = 200]: SampleRow): Promise<void> {
    const [method = '', path = ''] = ask.split(' ');
    const body = await requestOf(folder, sampled);
    await makeWayFor(body);
    const asked = path.replace('{server}', server).replace('{migration}', String((await migrationNow()).number));
    const given = await face.ask(method, asked, { at, as: 'admin', body });
    expect(given).toMatchObject({ status });
    checkDeclared(given, { method, path: asked, version: at, body });
    if (sampled.answer !== undefined) expect(shapeFaults(await readSample(folder, sampled.answer), given.body)).toEqual([]);
  }

  const rows = serverMoveSamples.flatMap(([at, folder, all]) => all.map((row) => [at, row[0], folder, row] as const));

  test.each(rows)('at %s %s is as %s shows it', async (at, _ask, folder, row) => {
    await check(at, folder, row);
    await until(isIdle, { what: 'the server is idle', timeoutMs: 60_000 });
    expect((await cloud.server(server)).fault).toBeNull();
  });

  test('a live migration is shown while it runs, and aborted, as the samples do it', async () => {
    const { host } = await cloud.server(server);
    cloud.host(host).faults['liveMigrate'] = { delayMs: 600_000 };
    for (const [at, folder, all] of runningMoveSamples)
      for (const row of all) {
        await check(at, folder, row);
        await until(async () => (await migrationNow()).status !== 'queued', { what: 'the migration has its turn', timeoutMs: 60_000 });
        if (row[0].startsWith('POST')) {
          const isTold = async () => {
            const told = await database.db.selectFrom('server_migrations').select('transfer').orderBy('number', 'desc').executeTakeFirst();
            return told?.transfer !== null;
          };
          await until(isTold, { what: 'the host tells how far it is', timeoutMs: 60_000 });
          // Users of the samples have ids of this form.
          await database.db.updateTable('server_migrations').set({ user_id: systemIds.uuid(), project_id: systemIds.uuid() }).execute();
        }
      }
    await until(isIdle, { what: 'the server is idle', timeoutMs: 60_000 });
    expect(await migrationNow()).toMatchObject({ status: 'cancelled' });
  });
});
