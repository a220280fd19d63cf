/** Fuzzes a cloud: sends the cases of a seed over a few connections, and returns the wrong answers. */
import type { PortName } from '../../src/cmd/nova-config.ts';
import { systemClock } from '../../src/lib/clock/clock.ts';
import { seededIds } from '../../src/lib/clock/ids.ts';
import { versions } from '../../src/microversions.ts';
import { apiTables } from '../support/api-tables.ts';
import { allRows, changedTables } from '../support/all-rows.ts';
import { type Belongings, makeBelongings } from '../support/belongings.ts';
import type { Cloud } from '../support/cloud.ts';
import { pick } from '../support/schema-samples.ts';
import { caseOf, type FuzzCase, type World } from './case.ts';
import { isReading, mustBeRefused, wrongIn } from './verdict.ts';
import { Wire } from './wire.ts';

/** Concurrent requests. */
const PARALLEL = 8;
/** Versions of the compute API that one seed uses, besides the oldest and the newest. */
const VERSIONS = 8;
/** Maximum number of wrong answers in the report. */
const MOST_TOLD = 200;
/** How long accepted work may take to settle before rows are counted. */
const SETTLE_MS = 2_000;

export interface FuzzOptions {
  readonly cases: number;
  readonly seed: number;
  /** Sends this one alone. */
  readonly only?: number;
  readonly onProgress?: (sent: number) => void;
}

/** The result. */
export interface FuzzReport {
  readonly sent: number;
  readonly byStatus: Readonly<Record<string, number>>;
  readonly byAttack: Readonly<Record<string, number>>;
  /** Each with what is needed to reproduce it. */
  readonly wrong: readonly string[];
  /** Tables that changed after requests that must not change anything. */
  readonly changed: readonly string[];
}

/** First sends requests that must be refused or only read: nothing may change. Then valid ones, which must not break anything. */
export async function fuzzCloud(cloud: Cloud, { cases, seed, only, onProgress = () => {} }: FuzzOptions): Promise<FuzzReport> {
  const world = await worldOf(cloud, seed);
  await systemClock.sleep(SETTLE_MS);
  const tally = { sent: 0, byStatus: {}, byAttack: {}, wrong: [] as string[] };
  const send = (numbers: Iterator<number>, wanted: (one: FuzzCase) => boolean) =>
    Promise.all(Array.from({ length: PARALLEL }, () => sender(cloud, world, seed, { numbers, wanted, tally, onProgress })));
  const numbers = () => (only === undefined ? upTo(cases) : [only].values());

  const before = await allRows(cloud);
  await send(numbers(), isHarmless);
  await systemClock.sleep(SETTLE_MS);
  const changed = changedTables(before, await allRows(cloud));
  await send(numbers(), (one) => !isHarmless(one));
  return { ...tally, changed };
}

const isHarmless = (one: FuzzCase): boolean => isReading(one) || mustBeRefused(one);

interface Sending {
  readonly numbers: Iterator<number>;
  readonly wanted: (one: FuzzCase) => boolean;
  readonly tally: { sent: number; byStatus: Record<string, number>; byAttack: Record<string, number>; wrong: string[] };
  readonly onProgress: (sent: number) => void;
}

/** Sends cases until there are none left. */
async function sender(cloud: Cloud, world: World, seed: number, { numbers, wanted, tally, onProgress }: Sending): Promise<void> {
  const wires = new Map<PortName, Wire>();
  const wireOf = (service: PortName): Wire => {
    const wire = wires.get(service) ?? new Wire(Number(new URL(cloud.url(service)).port));
    wires.set(service, wire);
    return wire;
  };
  for (let next = numbers.next(); next.done !== true; next = numbers.next()) {
    const one = caseOf(world, seed, next.value);
    if (!wanted(one)) continue;
    const wire = wireOf(one.draft.table.service);
    const answer = await wire.send(one.request);
    // Malformed HTTP leaves the connection in an unknown state.
    if (one.draft.isBroken) wire.close();
    const status = answer.kind === 'answer' ? String(answer.status) : answer.kind;
    tally.byStatus[status] = (tally.byStatus[status] ?? 0) + 1;
    tally.byAttack[one.attack] = (tally.byAttack[one.attack] ?? 0) + 1;
    const wrong = wrongIn(one, answer);
    if (wrong !== undefined && tally.wrong.length < MOST_TOLD)
      tally.wrong.push(`--seed ${seed} --only ${one.number}: ${toldOf(one)} ${wrong}`);
    onProgress(++tally.sent);
  }
  for (const wire of wires.values()) wire.close();
}

function* upTo(count: number): Generator<number, undefined> {
  for (let number = 0; number < count; number += 1) yield number;
  return undefined;
}

const toldOf = ({ attack, draft, request }: FuzzCase): string => {
  const { 'X-Auth-Token': _, ...headers } = request.headers;
  const body = request.body === undefined ? '' : ` ${request.body.slice(0, 400)}`;
  return `${attack}: ${draft.table.service} ${request.method} ${request.target.slice(0, 300)} ${JSON.stringify(headers).slice(0, 300)}${body}\n   `;
};

/** Things of demo and global ones; demo and an admin request them. */
async function worldOf(cloud: Cloud, seed: number): Promise<World> {
  const [demo, admin] = await Promise.all([cloud.demo(), cloud.admin()]);
  const belongings = await makeBelongings(demo, admin);
  // A project's default group is created when the project first lists its groups.
  for (const client of [demo, admin]) await client.ask('network', 'GET', '/v2.0/security-groups');
  return {
    tables: apiTables,
    belongings,
    tokens: [admin.token, admin.token, demo.token],
    hints: hintsIn(belongings),
    versions: someVersions(seed),
  };
}

/** The oldest, the newest, and some between that depend on the seed. */
function someVersions(seed: number): World['versions'] {
  const chance = seededIds(seed + 1);
  const between = Array.from({ length: VERSIONS }, () => pick(versions.all, chance));
  return [...new Set([versions.min, versions.max, ...between])];
}

/** Ids of real things, by the keys that bodies use for them. */
function hintsIn(belongings: Belongings): World['hints'] {
  const ids = (...things: string[]): string[] => things.flatMap((thing) => belongings[thing]?.id ?? []);
  const known: Readonly<Record<string, readonly unknown[]>> = {
    flavorRef: ['42', ...ids('compute flavors')],
    imageRef: ids('image images'),
    key_name: ids('compute os-keypairs'),
    network_id: ids('network networks'),
    uuid: ids('network networks'),
    port: ids('network ports'),
    port_id: ids('network ports'),
    subnet_id: ids('network subnets'),
    security_group_id: ids('network security-groups'),
    device_id: ids('compute servers'),
    tenant: ids('identity projects'),
    project_id: ids('identity projects'),
    user_id: ids('identity users'),
    domain_id: ids('identity domains'),
    min_count: [1],
    max_count: [1, 2],
  };
  return (key) => (Object.hasOwn(known, key) ? known[key] : undefined);
}
