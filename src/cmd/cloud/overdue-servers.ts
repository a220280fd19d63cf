// Ends what servers may be only for a time, where the operator has set one: deleted but restorable, rescued, resized but not confirmed, and
// shelved on their hosts.
import type { BeginDeps } from '../../compute/servers/begin-work.ts';
import { confirmResizes, endLongRescues, offloadShelved, type Overdue, reclaimDeleted } from '../../compute/servers/overdue.ts';
import { ConductorApi } from '../../conductor/api.ts';
import { conductorRpc } from '../../conductor/rpcapi.ts';
import { repeat } from '../../lib/clock/periodic.ts';
import { clientOf } from '../../lib/rpc/client.ts';
import type { Shared } from './shared.ts';

/** The longest time between two looks. */
const LOOK_EVERY_MS = 60_000;

/** Servers of one look; further ones are for the next. */
const AT_ONCE = 100;

/** Starts to look for overdue servers. Several conductors may do it at once. */
export function startEndingOverdue({ db, bus, runtime, group }: Pick<Shared, 'db' | 'bus' | 'runtime' | 'group'>): void {
  const { clock, ids, log, life, config } = runtime;
  const deps: BeginDeps = { db, ids, conductor: new ConductorApi(clientOf(conductorRpc, bus), log) };
  const start = (name: string, seconds: number, end: (deps: BeginDeps, overdue: Overdue) => Promise<number>): void => {
    if (seconds <= 0) return;
    const run = async () => void (await end(deps, { before: new Date(clock.now().getTime() - seconds * 1_000), limit: AT_ONCE }));
    const work = { name, everyMs: Math.min(LOOK_EVERY_MS, seconds * 1_000), run };
    life.run(name, repeat(work, { clock, log, signal: life.signal }));
  };
  start('the reclaiming of deleted servers', config.DEFAULT.reclaim_instance_interval, reclaimDeleted);
  start('the offloading of shelved servers', config.DEFAULT.shelved_offload_time, offloadShelved);
  start('the end of long rescues', config.DEFAULT.rescue_timeout, endLongRescues);
  start('the confirmation of resizes', config.DEFAULT.resize_confirm_window, (deps, overdue) =>
    confirmResizes({ ...deps, group }, overdue),
  );
}
