/** Compares the cloud with what clients were told: promises are kept, or broken with a visible reason; nothing is lost or done twice. */
import type { PowerState, VmState } from '../../src/objects/states.ts';
import { type Act, isDeleted, type Ledger, type PromisedServer, type PromisedThing } from './ledger.ts';
import type { Seen, SeenAction, SeenGuest, SeenServer } from './seen.ts';

/** All broken promises, as sentences. */
export function judge(ledger: Ledger, seen: Seen): readonly string[] {
  const servers = [...ledger.servers.values()].filter((server) => seen.actions.has(server.id));
  const nobodys = [...seen.servers.values()].filter(({ id }) => !ledger.servers.has(id));
  const guestsOfNobody = [...seen.guests].filter(([id]) => !seen.servers.has(id));
  return [
    ...servers.flatMap((server) =>
      judgeServer(server, seen).map((what) => `server ${server.id}: ${what}; it was promised ${told(server)}`),
    ),
    ...nobodys.map(({ id, name }) => `server ${id} (${name}) is there and was promised to nobody`),
    ...guestsOfNobody.map(([id, guests]) => `a guest of ${id}, which is no server, is on ${hostsOf(guests)}`),
    ...[...seen.things].flatMap(([thing, found]) => judgeThing(thing, found, ledger)),
  ];
}

const told = ({ acts, reset }: PromisedServer): string =>
  [...acts.map(({ action }) => action), ...(reset ? [`reset to ${reset}`] : [])].join(', ');

const hostsOf = (guests: readonly SeenGuest[]): string => guests.map(({ host, power }) => `${host} (${power})`).join(' and ');

function judgeServer(server: PromisedServer, seen: Seen): readonly string[] {
  const [found, actions, guests] = [seen.servers.get(server.id), seen.actions.get(server.id) ?? [], seen.guests.get(server.id) ?? []];
  if (isDeleted(server)) return found ? [`its delete was accepted, and it is there: ${found.state}, fault ${found.fault}`] : [];
  if (!found) return ['it is gone'];
  return [
    ...(found.task === null ? [] : [`it is still ${found.task}`]),
    ...judgeActions(server, actions),
    ...judgeState(server, found, actions),
    ...judgeRecord(server, found),
    ...judgeGuests(found, guests),
  ];
}

/** Each accepted action is recorded once, and has ended. */
function judgeActions({ acts }: PromisedServer, actions: readonly SeenAction[]): readonly string[] {
  const names = new Set(acts.map(({ action }) => action));
  return [...names].flatMap((name) => {
    const [accepted, written] = [acts, actions].map((list) => list.filter(({ action }) => action === name).length);
    return accepted === written ? [] : [`${name} was accepted ${accepted} times and is written down ${written} times`];
  });
}

/** States in which the hypervisor decides the guest's power state. */
const followed: readonly VmState[] = ['active', 'paused', 'stopped'];

/** States in which a server has no running guest, and rests. */
const aside: readonly VmState[] = ['suspended', 'shelved', 'shelved_offloaded'];

/** The server is in the state that the last action promised, or the action says why not. */
function judgeState({ acts, reset }: PromisedServer, { state, fault }: SeenServer, actions: readonly SeenAction[]): readonly string[] {
  const last = acts.at(-1);
  const written = actions.find(({ action }) => acts.some((act) => act.action === action));
  if (!last || written?.action !== last.action) return [`its last act is ${last?.action}, written down is ${written?.action}`];
  if (!written.hasEnded) return [`its ${last.action} has no end`];
  if (reset) return state === reset || state === last.promised ? [] : [`it is ${state} after a reset to ${reset}`];
  const isRest = state === 'error' || state === 'resized' || aside.includes(state) || followed.includes(state);
  if (!written.hasFailed) {
    const isKept = state === last.promised || (isRest && stoodElsewhere(acts, actions));
    return isKept ? [] : [`it is ${state} after ${last.action} went well (fault: ${fault})`];
  }
  if (!isRest) return [`it is ${state} after ${last.action} failed`];
  const hasReason = written.whys.length > 0 || (fault !== null && /\w/.test(fault));
  return hasReason ? [] : [`its ${last.action} failed and it is ${state}, and nobody says why`];
}

/** Whether the last act keeps the state that it found, and an act before it failed: then its client does not know that state. */
function stoodElsewhere(acts: readonly Act[], actions: readonly SeenAction[]): boolean {
  const names = new Set<string>(acts.map(({ action }) => action));
  const newestFirst = actions.filter(({ action }) => names.has(action));
  const decisive = acts.toReversed().findIndex((act, at) => !act.isRelative || newestFirst[at]?.hasFailed);
  return newestFirst[decisive]?.hasFailed ?? false;
}

const isLike = (mine: unknown, theirs: unknown): boolean => JSON.stringify(mine) === JSON.stringify(theirs);
const items = (of: Readonly<Record<string, string>>) => Object.entries(of).toSorted();

function judgeRecord({ record }: PromisedServer, { name, description, metadata, tags, isLocked }: SeenServer): readonly string[] {
  return [
    ...(name === record.name ? [] : [`it is called ${name}, not ${record.name}`]),
    ...(description === record.description ? [] : [`it is described as ${description}, not ${record.description}`]),
    ...(isLike(items(metadata), items(record.metadata))
      ? []
      : [`its metadata is ${JSON.stringify(metadata)}, not ${JSON.stringify(record.metadata)}`]),
    ...(isLike(tags.toSorted(), [...record.tags].toSorted()) ? [] : [`its tags are ${tags.join(' ')}, not ${[...record.tags].join(' ')}`]),
    ...(isLocked === record.isLocked ? [] : [`it is ${isLocked ? '' : 'not '}locked`]),
  ];
}

/** The power state of the guest of a server at rest. */
const powerAt: Partial<Record<VmState, PowerState>> = {
  active: 'running',
  paused: 'paused',
  stopped: 'shutdown',
  suspended: 'shutdown',
  shelved: 'shutdown',
};

function judgeGuests({ state }: SeenServer, guests: readonly SeenGuest[]): readonly string[] {
  // Until a resize is confirmed, the host that the server left has its guest, off.
  if (state === 'resized') return guests.filter(({ power }) => power === 'running').length > 1 ? [`it runs on ${hostsOf(guests)}`] : [];
  if (guests.length > 1) return [`it has ${guests.length} guests, on ${hostsOf(guests)}`];
  if (state === 'shelved_offloaded') return guests.length === 0 ? [] : [`it has left its host, and has a guest on ${hostsOf(guests)}`];
  const wanted = powerAt[state];
  const [guest] = guests;
  // A server in error may have a guest or not.
  if (wanted === undefined) return [];
  const isOff = wanted === 'shutdown';
  if (!guest) return isOff ? [] : [`it is ${state} without a guest`];
  return guest.power === 'unknown' ? (isOff ? [`it is ${state} and its guest runs`] : []) : powersDiffer(state, wanted, guest);
}

const powersDiffer = (state: VmState, wanted: PowerState, { host, power }: SeenGuest): readonly string[] =>
  power === wanted ? [] : [`it is ${state} and its guest on ${host} is ${power}`];

function judgeThing(thing: PromisedThing, found: Readonly<Record<string, unknown>> | undefined, ledger: Ledger): readonly string[] {
  const what = `${thing.kind} ${thing.id}`;
  if (thing.isDeleted) return found ? [`${what}: its delete was accepted, and it is there`] : [];
  if (!found) return [`${what} is gone`];
  if (thing.kind === 'image' && thing.hasData && found['status'] !== 'active')
    return [`${what}: its data was accepted, and it is ${found['status']}`];
  if (thing.kind !== 'port') return [];
  const user = [...ledger.servers.values()].find(({ ports }) => ports.includes(thing.id));
  const isUsedByNobody = found['device_id'] === '';
  if (!user || isDeleted(user)) return isUsedByNobody ? [] : [`${what} is still used by ${found['device_id']}`];
  return isUsedByNobody || found['device_id'] === user.id ? [] : [`${what} is used by ${found['device_id']}, not ${user.id}`];
}
