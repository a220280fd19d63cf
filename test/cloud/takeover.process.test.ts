import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { leftovers, query } from '../support/books.ts';
import { until } from '../support/until.ts';
import { verifyCloud } from '../support/verify-cloud.ts';
import { startWideCloud, type WideCloud, wideCloudMissing } from '../support/wide-cloud.ts';

const missing = await wideCloudMissing();

/** Short, so that takeovers happen soon, but long enough for heartbeats on a loaded machine. */
const DOWN_AFTER_S = 8;
/** The promise: this long after the service-down time a dead conductor's work is done, if the hosts have finished it. */
const TAKEN_OVER_WITHIN_S = 5;
const BOOTS = 6;

/** A boot that is waiting for its host. */
interface AtWork {
  readonly server: string;
  /** The owner of the work, such as `control-1`. */
  readonly owner: string;
  readonly host: string;
}

describe.skipIf(missing !== undefined && process.env['CI'] !== 'true')(
  `whoever dies or hangs in the middle of a boot${missing ? ` (${missing})` : ''}`,
  () => {
    let wide: WideCloud;
    let servers: readonly string[] = [];
    beforeAll(async () => {
      wide = await startWideCloud({ faults: { spawn: { delayMs: 3_000 } }, downAfterS: DOWN_AFTER_S });
    });
    afterAll(() => wide?.destroy());

    afterEach(async () => {
      await wide.cloud.start();
      expect(await doneTwice(wide)).toEqual([]);
      await Promise.all(servers.map((server) => wide.demos[0].remove(server)));
      expect(await leftovers(wide.cloud)).toEqual([]);
      expect(await verifyCloud(wide.cloud, { env: wide.env })).toMatchObject({ status: 0, breaches: [], silent: [], notChecked: [] });
    });

    const begin = async () => {
      const begun = await bootsUnderWay(wide);
      ({ servers } = begun);
      return begun;
    };
    const allBecomeActive = async () => {
      const ended = await Promise.all(servers.map((server) => wide.demos[0].settled(server)));
      expect(ended.map(({ status, fault }) => [status, fault?.message])).toEqual(servers.map(() => ['ACTIVE', undefined]));
    };

    test('a conductor that is killed: the other finishes its boots within the service-down time and 5 s', async () => {
      const { atWork, one } = await begin();
      await wide.cloud.kill9(conductorOf(one.owner));
      await allBecomeActive();
      const orphans = atWork.filter(({ owner }) => owner === one.owner).map(({ server }) => server);
      expect(await secondsUntilEnded(wide, one.owner, orphans)).toBeLessThanOrEqual(DOWN_AFTER_S + TAKEN_OVER_WITHIN_S);
      // Fault 2026-11 C12.
      const hops = async () => (await deathsIn(wide, orphans)).map(({ what, host }) => what.replace(host, 'HEIR'));
      const what = `boot-server/guest (the conductor on ${one.owner} died; HEIR takes over)`;
      await expect.poll(hops, { timeout: 10_000 }).toEqual(orphans.map(() => what));
    });

    test('a conductor that hangs: the other finishes its boots, and when the first continues it leaves them alone', async () => {
      const { one } = await begin();
      const hung = wide.cloud.processes().find(({ name }) => name === conductorOf(one.owner))?.pid ?? 0;
      process.kill(hung, 'SIGSTOP');
      await allBecomeActive().finally(() => process.kill(hung, 'SIGCONT'));
      const knows = async () => wide.cloud.logs().includes('another owner took over a workflow');
      await until(knows, { what: `${one.owner} knows what it lost`, timeoutMs: 60_000 });
      await allBecomeActive();
    });

    test('a host that is killed and comes back gets its tasks again, and reports its boots done', async () => {
      const { one } = await begin();
      await wide.cloud.kill9(`compute-${one.host}`);
      await wide.cloud.start();
      await allBecomeActive();
      expect(await query(wide.cloud, 'select host from servers where id = $1', [one.server])).toEqual([{ host: one.host }]);
    });
  },
);

const conductorOf = (owner: string): string => owner.replace('control', 'conductor');

/** Starts boots, and waits until hosts are building some of the guests. */
async function bootsUnderWay({ cloud, demos }: WideCloud): Promise<{ servers: readonly string[]; atWork: readonly AtWork[]; one: AtWork }> {
  const servers = await Promise.all(Array.from({ length: BOOTS }, (_, n) => demos[n % 2 === 0 ? 0 : 1].boot({ name: `slow-${n}` })));
  let atWork: AtWork[] = [];
  const areAtWork = async () => {
    // Half a second after a step is recorded, its message has been sent.
    atWork = await query(
      cloud,
      `select subject as server, owner, host from workflows join servers on servers.id::text = subject
       where subject = any($1) and step = 'guest' and ended_at is null and workflows.updated_at < now() - interval '500 ms'`,
      [servers],
    );
    return atWork.length > 1;
  };
  await until(areAtWork, { what: 'hosts are at work', timeoutMs: 30_000 });
  const [one] = atWork;
  if (!one) throw new Error('unreachable: some are at work');
  return { servers, atWork, one };
}

/** How long after a conductor's last heartbeat the last of these boots ended, in seconds. */
async function secondsUntilEnded({ cloud }: WideCloud, owner: string, servers: readonly string[]): Promise<number> {
  const [row] = await query<{ seconds: number }>(
    cloud,
    `select extract(epoch from max(ended_at) - max(seen_at))::float8 as seconds from workflows, services
     where subject = any($1) and services.binary = 'nova-conductor' and services.host = $2`,
    [servers, owner],
  );
  return row?.seconds ?? Number.NaN;
}

/** The hops about a conductor's death in the traces of these boots. */
const deathsIn = ({ cloud }: WideCloud, servers: readonly string[]) =>
  query<{ what: string; host: string }>(
    cloud,
    `select what, host from request_hops join workflows on request_id = ctx ->> 'requestId' where subject = any($1) and outcome = 'Died'`,
    [servers],
  );

/** Events that were written more than once, except updates of a port: a boot binds it, then plugs it. */
const doneTwice = ({ cloud }: WideCloud) =>
  query(cloud, "select subject, type from events where type <> 'port.update' group by subject, type having count(*) > 1");
