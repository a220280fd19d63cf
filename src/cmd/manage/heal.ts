/** `manage placement heal_allocations` and `audit`: the books of allocations, in the words of Nova's commands. */
import type { Breach, Invariant } from '../../books/invariant.ts';
import { deletedServersHoldNothing } from '../../books/invariants/deleted-servers-hold-nothing.ts';
import { hostUsage } from '../../books/invariants/host-usage.ts';
import { placementsMatchServers } from '../../books/invariants/placements-match-servers.ts';
import { type Repaired, repairBooks } from '../../books/repair.ts';
import { listComputeHosts } from '../../db/stores/hosts/hosts.ts';
import type { WholeDb } from '../../db/sql/queries.ts';
import type { Clock } from '../../lib/clock/clock.ts';
import type { Ids } from '../../lib/clock/ids.ts';

/** The exit statuses of `nova-manage placement heal_allocations`. */
const HEALED = 0;
const MORE_LEFT = 1;
const NOT_HEALED = 3;
const NOTHING_TO_HEAL = 4;
/** Of both commands, for a bad value. */
const BAD_INPUT = 127;

/** The exit statuses of `nova-manage placement audit`. */
const NO_ORPHANS = 0;
const FAILED = 1;
const ORPHANS = 3;
const ORPHANS_DELETED = 4;

interface Deps {
  readonly db: WholeDb;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly print: (line: string) => void;
}

export interface Healing {
  readonly maxCount?: string;
  readonly instance?: string;
  readonly dryRun?: boolean;
  readonly verbose?: boolean;
}

/** Gives servers the allocations of their size on their host, where they have others or none. @returns the exit status */
export async function healAllocations(deps: Deps, { maxCount, instance, dryRun = false, verbose = false }: Healing): Promise<number> {
  const { db, print } = deps;
  const most = maxCount === undefined ? Number.POSITIVE_INFINITY : Number(maxCount);
  if (!(most >= 1)) {
    print('Must supply a positive integer for --max-count.');
    return BAD_INPUT;
  }
  // What hosts count as used follows from the allocations: it must be right before these change, and be counted again when they were wrong.
  if (!dryRun) await recount(deps);
  let healed = 0;
  for (;;) {
    const found = (await placementsMatchServers.find(db)).filter(
      (breach) => isOnItsHost(breach) && (instance ?? breach.subject) === breach.subject,
    );
    const now = found.slice(0, most - healed);
    if (dryRun) return toldDry(deps, now);
    if (found.length === 0) break;
    if (now.length === 0) return MORE_LEFT;
    const repaired = await repair(deps, placementsMatchServers, now);
    for (const { subject, outcome, error } of repaired) {
      if (outcome === 'failed') print(`Allocations of instance ${subject} could not be created: ${error ?? ''}`);
      else if (verbose) print(`Successfully created allocations for instance ${subject}.`);
    }
    if (repaired.some(({ outcome }) => outcome === 'failed')) return NOT_HEALED;
    healed += repaired.length;
    await recount(deps);
  }
  print(`Processed ${healed} instances.`);
  return healed > 0 ? HEALED : NOTHING_TO_HEAL;
}

/** Counts again what hosts have used. */
const recount = async (deps: Deps): Promise<void> => void (await repair(deps, hostUsage, await hostUsage.find(deps.db)));

/** Whether the server has a host and no placement elsewhere: then only the allocations are wrong. */
const isOnItsHost = ({ evidence: { host, placedOn } }: Breach): boolean => host !== null && (placedOn === null || placedOn === host);

function toldDry({ print }: Deps, found: readonly Breach[]): number {
  for (const { subject, evidence } of found)
    print(`[dry-run] Create allocations for instance ${subject} on ${evidence['host']}: ${evidence['size']}`);
  print(`Processed ${found.length} instances.`);
  return found.length > 0 ? HEALED : NOTHING_TO_HEAL;
}

export interface Auditing {
  readonly resourceProvider?: string;
  readonly delete?: boolean;
  readonly verbose?: boolean;
}

/** Finds allocations of servers that are deleted. @returns the exit status */
export async function auditAllocations(
  deps: Deps,
  { resourceProvider, delete: deletes = false, verbose = false }: Auditing,
): Promise<number> {
  const { db, print } = deps;
  const host = resourceProvider === undefined ? undefined : await hostOf(db, resourceProvider);
  if (resourceProvider !== undefined && host === undefined) {
    print(`Resource provider with UUID ${resourceProvider} does not exist.`);
    return BAD_INPUT;
  }
  const orphans = (await deletedServersHoldNothing.find(db)).filter(({ evidence: { placedOn } }) => isPlaced(placedOn, host));
  for (const { subject } of orphans)
    if (verbose) print(`Allocations were set against consumer UUID ${subject} but no existing instances or active migrations are found.`);
  if (orphans.length === 0) {
    print('No orphaned allocations were found.');
    return NO_ORPHANS;
  }
  if (!deletes) {
    print(`Processed ${orphans.length} allocations.`);
    return ORPHANS;
  }
  const repaired = await repair(deps, deletedServersHoldNothing, orphans);
  for (const { subject, outcome } of repaired)
    if (verbose && outcome !== 'failed') print(`Deleted allocations for consumer UUID ${subject}.`);
  print(`Processed ${repaired.length} allocations.`);
  return repaired.some(({ outcome }) => outcome === 'failed') ? FAILED : ORPHANS_DELETED;
}

/** Whether a list of hosts has one, or that one. */
const isPlaced = (hosts: Breach['evidence'][string] | undefined, wanted: string | undefined): boolean =>
  typeof hosts === 'string' && (wanted === undefined || hosts.split(', ').includes(wanted));

const hostOf = async (db: WholeDb, id: string): Promise<string | undefined> =>
  (await listComputeHosts(db)).find((node) => node.id === id)?.host;

const repair = ({ db, clock, ids }: Deps, invariant: Invariant, breaches: readonly Breach[]): Promise<readonly Repaired[]> => {
  const verdict = { findings: [{ invariant, breaches }], notChecked: [], silent: [], isClean: false };
  return repairBooks({ db, clock }, verdict, { requestId: `req-${ids.uuid()}` });
};
