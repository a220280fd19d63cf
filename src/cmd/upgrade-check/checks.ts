/** What may be in the way of an upgrade, as values: each check reads the database and says what it found. */
import { COMPUTE_CONTRACT } from '../../compute/rpcapi.ts';
import { schemaOf } from '../../db/connect/migrate.ts';
import { stuckWork } from '../../db/stores/cloud/stuck-work.ts';
import { listComputeHosts } from '../../db/stores/hosts/hosts.ts';
import { hostsOlderThan, hostsWithoutInventory } from '../../db/stores/hosts/readiness.ts';
import type { CellDb } from '../../db/sql/queries.ts';

/** How bad a finding is; the numbers are the exit statuses. */
export const results = { Success: 0, Warning: 1, Failure: 2 } as const;
export type Result = keyof typeof results;

/** What a check found; without details if there is nothing to say. */
export interface Found {
  readonly result: Result;
  readonly details?: string;
}

export interface Check {
  readonly name: string;
  readonly run: (db: CellDb) => Promise<Found>;
}

const success: Found = { result: 'Success' };

/** Names in a sentence, of many the first ones. */
function listed(names: readonly string[]): string {
  const SHOWN = 10;
  const more = names.length - SHOWN;
  return names.slice(0, SHOWN).join(', ') + (more > 0 ? ` and ${more} more` : '');
}

const schema: Check = {
  name: 'Database Schema',
  run: async (db) => {
    const { pending } = await schemaOf(db);
    if (pending.length === 0) return success;
    return {
      result: 'Warning',
      details: `These steps are pending: ${pending.join(', ')}. Run "nova-ts manage db sync", or start any program.`,
    };
  },
};

const cells: Check = {
  name: 'Cells v2',
  run: async (db) => {
    if ((await listComputeHosts(db)).length > 0) return success;
    return { result: 'Success', details: 'No compute host has started yet. Hosts are known as soon as they start.' };
  },
};

const placement: Check = {
  name: 'Placement API',
  run: async (db) => {
    const hosts = await hostsWithoutInventory(db);
    if (hosts.length === 0) return success;
    const details = `These hosts have no inventory, so no server can be placed there: ${listed(hosts)}. Start their compute service.`;
    return { result: 'Warning', details };
  },
};

/** The oldest contract of hosts that a conductor of this program still works with well: the one before its own. */
const OLDEST_CONTRACT = COMPUTE_CONTRACT - 1;

const computes: Check = {
  name: 'Older than N-1 computes',
  run: async (db) => {
    const hosts = await hostsOlderThan(db, OLDEST_CONTRACT);
    if (hosts.length === 0) return success;
    const details = `These hosts run a compute service that is too old for this program: ${listed(hosts)}. Upgrade them first.`;
    return { result: 'Failure', details };
  },
};

/** After how long an operation that is still being undone is suspicious. */
const STUCK_MINUTES = 60;

const stuck: Check = {
  name: 'Stuck Work',
  run: async (db) => {
    const subjects = await stuckWork(db, STUCK_MINUTES);
    if (subjects.length === 0) return success;
    const details = `Work on these began more than an hour ago and is still being undone: ${listed(subjects)}. See "nova-ts manage verify".`;
    return { result: 'Warning', details };
  },
};

/** All checks, in the order in which they are printed. */
export const checks: readonly Check[] = [schema, cells, placement, computes, stuck];
