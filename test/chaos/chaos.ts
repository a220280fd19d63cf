/** Chaos: clients work on a cloud while faults hit it at points that the seed chooses; after each fault the books and all promises are checked. */
import { systemClock } from '../../src/lib/clock/clock.ts';
import { between, chanceFor } from './chance.ts';
import { type ChaosCloud, COMPARE_GUESTS_MS, DOWN_AFTER_MS } from './chaos-cloud.ts';
import { type Harm, harmsBy, toldHarm } from './harm.ts';
import { isDeleted, Ledger } from './ledger.ts';
import { judge } from './judge.ts';
import { atWork, comeToRest } from './quiet.ts';
import { forget, look, type Seen } from './seen.ts';
import { type StubbornClient, stubbornClient } from './stubborn-client.ts';
import { makeTenants } from './tenants.ts';
import { type Stretch, work, type WorkloadOptions } from './workload.ts';

export interface ChaosOptions {
  readonly seed: number;
  readonly kills: number;
  readonly tenants: number;
  readonly clients: number;
  readonly mostServers: number;
  /** Operations between two rests, as ranges: before the fault, and after it began. */
  readonly before: readonly [number, number];
  readonly after: readonly [number, number];
  /** How long begun work may take to end after a fault. */
  readonly quietMs: number;
  readonly without?: ReadonlySet<string>;
  /** Maximum duration of a fault; by default random. */
  readonly mostDownMs?: number;
  /** Called after each fault with its outcome. */
  readonly onBlow: (line: string) => void;
}

/** The result; without breaches it passed. */
export interface ChaosReport {
  readonly blows: number;
  readonly breaches: readonly string[];
  readonly ledger: Ledger;
}

/** The delay between the triggering operation and the fault, so that faults hit every phase of the work. */
const LATE_MS = 700;
/** Hosts reconcile their guests periodically; two periods are enough to repair them. */
const MEND_MS = 2 * COMPARE_GUESTS_MS + 4_000;

/** Injects this many faults, or stops at the first breach. */
export async function runChaos(chaos: ChaosCloud, options: ChaosOptions): Promise<ChaosReport> {
  const ledger = new Ledger();
  const users = await makeTenants(chaos, options.tenants);
  const clientOf = (number: number) => {
    const user = users[number % users.length];
    if (!user) throw new Error('there is no tenant');
    return { user, client: stubbornClient(user.who, chaos.url) };
  };
  const clients = Array.from({ length: options.clients }, (_, number) => clientOf(number));
  const lookers = new Map(users.map(({ tenant, who }) => [tenant.name, stubbornClient(who, chaos.url)]));
  const admin = stubbornClient(await chaos.cloud.admin(), chaos.url);
  const workload = { ...options, ledger, admin, clients };
  let [blows, breaches]: [number, readonly string[]] = [0, []];
  while (blows < options.kills && breaches.length === 0) {
    const round = await strikeOnce(chaos, { options, workload, lookers, number: blows + 1 });
    blows += round.blows;
    breaches = round.breaches;
  }
  return { blows, breaches, ledger };
}

interface Round {
  readonly options: ChaosOptions;
  readonly workload: WorkloadOptions;
  readonly lookers: ReadonlyMap<string, StubbornClient>;
  readonly number: number;
}

/** One round: work, one or two faults during it, rest, and the verdict as a list of breaches. */
async function strikeOnce(
  chaos: ChaosCloud,
  { options, workload, lookers, number }: Round,
): Promise<Pick<ChaosReport, 'blows' | 'breaches'>> {
  const { seed, kills, mostDownMs: mostMs } = options;
  const chance = chanceFor(seed, 'blow', number);
  const harms = harmsBy(chance, chaos.roster, { downAfterMs: DOWN_AFTER_MS, mostMs, left: kills - number + 1 });
  const [before, after, lateMs] = [between(...options.before, chance), between(...options.after, chance), chance.below(LATE_MS)];
  const stretch = work(workload, number);
  await stretch.begun(before);
  await systemClock.sleep(lateMs);
  const amid = await told(chaos, stretch);
  const failed = await Promise.all(harms.map((harm) => struck(chaos, harm, stretch.begun(before + after))));
  await stretch.end();

  const sinceMs = systemClock.monotonicMs();
  const restless = await comeToRest(chaos.cloud, { downAfterMs: DOWN_AFTER_MS / 2, timeoutMs: options.quietMs });
  const quietS = ((systemClock.monotonicMs() - sinceMs) / 1000).toFixed(1);
  const found = restless.length > 0 ? restless.map((what) => `not at rest: ${what}`) : await proven(chaos, workload.ledger, lookers);
  const breaches = [...failed.flat(), ...endedByThemselves(chaos), ...found, ...workload.ledger.surprises];
  const verdict = breaches.length === 0 ? 'clean' : `${breaches.length} breaches`;
  const what = harms.map((harm, at) => `${number + at}. ${toldHarm(harm)}`).join(' and ');
  options.onBlow(`${what}, at operation ${before} + ${lateMs} ms (${amid}); quiet after ${quietS} s; ${verdict}`);
  return { blows: harms.length, breaches };
}

async function told({ cloud }: ChaosCloud, stretch: Stretch): Promise<string> {
  const requests = stretch.underWay().length;
  return `${requests} requests under way, ${await atWork(cloud)}`;
}

/** Injects the fault while clients continue. @returns why the victim did not come back, if so */
async function struck(chaos: ChaosCloud, harm: Harm, enough: Promise<void>): Promise<readonly string[]> {
  const blow = chaos.strike(harm).then(
    () => [],
    (error: unknown) => [`after ${toldHarm(harm)}: ${String(error)}`],
  );
  await enough;
  return await blow;
}

const endedByThemselves = ({ cloud }: ChaosCloud): readonly string[] =>
  cloud
    .processes()
    .filter((process) => !process.isRunning())
    .map(({ name, lines }) => `${name} has ended by itself; its last words: ${lines.slice(-3).join(' | ')}`);

/** Checks books and promises; what hosts repair by themselves gets some time. */
async function proven(chaos: ChaosCloud, ledger: Ledger, lookers: ReadonlyMap<string, StubbornClient>): Promise<readonly string[]> {
  const untilMs = systemClock.monotonicMs() + MEND_MS;
  for (;;) {
    const verdict = await chaos.verify();
    const seen = await look(chaos, ledger, lookers);
    const mendable = verdict.breaches.filter((breach) => breach.startsWith('guests-have-servers:'));
    const broken = judge(ledger, seen);
    const blind = [...verdict.silent, ...verdict.notChecked, ...(verdict.status === 2 ? [verdict.errors] : [])];
    const all = [
      ...verdict.breaches.map((breach) => `verify: ${breach}`),
      ...broken,
      ...blind.map((what) => `verify could not look: ${what}`),
    ];
    const isMendable = verdict.breaches.length === mendable.length && broken.every((what) => GUESTS.test(what)) && blind.length === 0;
    if (all.length === 0) remember(ledger, seen);
    if (all.length === 0 || !isMendable || systemClock.monotonicMs() > untilMs) return all;
    await systemClock.sleep(1_000);
  }
}

/** Matches breaches about guests, which their host may not have reconciled yet. */
const GUESTS = / guest|guests/;

/** Clients continue from the present state. */
function remember(ledger: Ledger, seen: Seen): void {
  for (const server of ledger.servers.values()) {
    const found = seen.servers.get(server.id);
    if (found) server.stands = found.state;
    if (isDeleted(server)) forget(server);
  }
  for (const thing of ledger.things) if (thing.isDeleted) forget(thing);
}
