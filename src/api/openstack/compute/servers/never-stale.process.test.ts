/** Reads use caches of rows, texts and tokens; whatever another process changes shows in every read that begins afterwards. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../../../test/support/database.ts';
import { SimulatedCloud } from '../../../../../test/support/simulated-cloud.ts';
import { openFace, type SimulatedFace } from '../../../../../test/support/simulated-face.ts';
import { openDatabase } from '../../../../db/connect/open.ts';
import { deleteGrant, insertGrant } from '../../../../db/stores/identity/grants.ts';
import type { WholeDb } from '../../../../db/sql/queries.ts';
import { authenticateBy } from '../../../../identity/authenticate.ts';
import { BuiltinIdentity } from '../../../../identity/drivers/builtin/driver.ts';
import { BuiltinTokens } from '../../../../identity/drivers/builtin/tokens.ts';
import { systemClock } from '../../../../lib/clock/clock.ts';
import { seededIds, systemIds } from '../../../../lib/clock/ids.ts';
import { silentLog } from '../../../../lib/log/log.ts';

const SEED = 7;
const CHANGES = 60;
const READERS = 3;
const SERVERS = 12;
const ADMIN = { userId: 'ann', roleId: 'admin', scope: { projectId: 'd0' } } as const;

let database: TestDatabase;
let cloud: SimulatedCloud;
/** Another process: it shares the database with the one that makes the changes, and nothing else. */
let other: { db: WholeDb; close: () => Promise<void> };
let writer: SimulatedFace;
let reader: SimulatedFace;
let tokens: BuiltinTokens;

const tokensOver = (db: WholeDb) =>
  new BuiltinTokens({
    db,
    clock: systemClock,
    ids: systemIds,
    driver: new BuiltinIdentity(db),
    tokenSeconds: 3_600,
    rotateSeconds: 86_400,
  });

beforeAll(async () => {
  database = await createTestDatabase();
  cloud = new SimulatedCloud(database, { maxAttempts: 1 });
  const { db } = database;
  await db.insertInto('domains').values({ id: 'default', name: 'Default', description: '', enabled: true }).execute();
  await db.insertInto('projects').values({ id: 'd0', domain_id: 'default', name: 'demo', description: '', enabled: true }).execute();
  await db.insertInto('users').values({ id: 'ann', domain_id: 'default', name: 'ann', enabled: true }).execute();
  for (const id of ['member', 'admin']) await db.insertInto('roles').values({ id, name: id }).execute();
  await insertGrant(db, { ...ADMIN, roleId: 'member' });
  await cloud.start('host-1');
  cloud.startEngine();
  tokens = tokensOver(db);
  other = await openDatabase({ url: database.url, poolSize: 3, log: silentLog, applicationName: 'reader' });
  writer = await openFace(cloud);
  reader = await openFace(cloud, { authenticate: authenticateBy(tokensOver(other.db)) }, cloud.api({ db: other.db }));
});
afterAll(async () => {
  await reader?.close();
  await writer?.close();
  await cloud?.stop();
  await other?.close();
  await database?.drop();
});

/** What a read has to show; null where the reader's token is no good. */
interface Shown {
  readonly name: string;
  readonly tags: readonly string[];
  readonly isAdmin: boolean;
}

type Seen = { readonly id: string; readonly name: string; readonly tags: readonly string[] };
interface Body {
  readonly server: Seen;
  readonly servers: readonly Seen[];
}

describe('a read that begins after a change was acknowledged', () => {
  test('shows it, whoever made it: servers, tags, roles and tokens', async () => {
    const ids: string[] = [];
    for (let n = 0; n < SERVERS; n += 1) ids.push(await writer.boot());
    const [id = ''] = ids;
    const random = seededIds(SEED);
    const pick = (count: number) => Number.parseInt(random.hex(4), 16) % count;
    const principal = await new BuiltinIdentity(database.db).principal('ann', { project: { id: 'd0' } });
    const issue = async () => (await tokens.issue(principal ?? expect.fail('ann is there'), { methods: ['password'] })).text;

    let model: Shown = { name: 'web', tags: [], isAdmin: false };
    let token = await issue();
    let good: string | undefined = token;
    /** Odd while a change is under way. */
    let moment = 0;
    const changes: (() => Promise<void>)[] = [
      async () => {
        const name = `n-${moment}`;
        expect((await writer.ask('PUT', `/servers/${id}`, { body: { server: { name } } })).status).toBe(200);
        model = { ...model, name };
      },
      async () => {
        const tags = [`t-${moment}`];
        expect((await writer.ask('PUT', `/servers/${id}/tags`, { at: '2.26', body: { tags } })).status).toBe(200);
        model = { ...model, tags };
      },
      async () => {
        if (model.isAdmin) await deleteGrant(database.db, ADMIN);
        else await insertGrant(database.db, ADMIN);
        model = { ...model, isAdmin: !model.isAdmin };
      },
      async () => {
        await tokens.revoke(token);
        good = undefined;
      },
      async () => {
        token = await issue();
        good = token;
      },
    ];

    let checked = 0;
    const over = new AbortController();
    /** Reads again and again; what was read while nothing changed must be exactly what there is. */
    const look = async (path: string, serverIn: (body: Body) => Seen | undefined) => {
      while (!over.signal.aborted) {
        const [from, wanted, isGood, asking] = [moment, model, good === token, token];
        const { status, body } = await reader.ask('GET', path, { at: '2.90', headers: { 'x-auth-token': asking } });
        if (from !== moment || from % 2 === 1) continue;
        checked += 1;
        const seen = status === 200 ? serverIn(body) : undefined;
        expect({ status, name: seen?.name, tags: seen?.tags, isAdmin: seen && 'OS-EXT-SRV-ATTR:host' in seen }).toEqual(
          isGood ? { status: 200, ...wanted } : { status: 401, name: undefined, tags: undefined, isAdmin: undefined },
        );
      }
    };
    const readers = [
      ...Array.from({ length: READERS }, () => look(`/servers/${id}`, ({ server }) => server)),
      look('/servers/detail', ({ servers }) => servers.find((one) => one.id === id)),
    ];
    const failed = Promise.all(readers);
    for (let n = 0; n < CHANGES; n += 1) {
      moment += 1;
      await changes[pick(changes.length)]?.();
      moment += 1;
      const before = checked;
      // Every state is looked at, or a reader has failed.
      await Promise.race([expect.poll(() => checked, { interval: 2, timeout: 10_000 }).toBeGreaterThan(before + READERS), failed]);
    }
    over.abort();
    await failed;
    expect(checked).toBeGreaterThan(CHANGES * READERS);
  }, 60_000);
});
