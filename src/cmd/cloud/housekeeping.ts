// Deletes old records, so that a cloud that runs for years needs no more space than one that runs for months.
import { type Forgetting, forgetDecisions, forgetEvents, forgetImages, forgetServers } from '../../db/stores/cloud/history.ts';
import { forgetAudits } from '../../db/stores/hosts/usage-audits.ts';
import { forgetServerNetworking } from '../../db/stores/network/server-networking.ts';
import { forgetHops, keptSince } from '../../db/stores/cloud/request-story.ts';
import { forgetMessages } from '../../db/stores/volume/messages.ts';
import { repeat } from '../../lib/clock/periodic.ts';
import type { Shared } from './shared.ts';

/** How long ended workflows are kept. */
const KEEP_WORKFLOWS_HOURS = 24;

/** How long the network service keeps its state of servers without ports: no queue keeps a request half as long. */
const KEEP_SERVER_NETWORKING_HOURS = 48;

const EVERY_MS = 15 * 60_000;

/** Rows that one statement deletes, so that none holds its locks for long. */
const AT_ONCE = 1_000;

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** Deletes old records; returns how many. */
type Forget = (what: Forgetting) => Promise<number>;

/** Starts the housekeeping. Several conductors may run it at once: each skips the rows that another has locked. */
export function startHousekeeping({ db, runtime }: Shared, pruneWorkflows: Forget): void {
  const { clock, log, life, config } = runtime;
  const ago = (ms: number) => new Date(clock.now().getTime() - ms);
  const run = async (signal: AbortSignal) => {
    await forgetAll(pruneWorkflows, ago(KEEP_WORKFLOWS_HOURS * HOUR_MS), signal);
    await forgetAll((what) => forgetServerNetworking(db, what), ago(KEEP_SERVER_NETWORKING_HOURS * HOUR_MS), signal);
    await forgetAll((what) => forgetMessages(db, what), clock.now(), signal);
    const tooMany = await keptSince(db, config.trace.keep_hops);
    for (const before of [ago(config.trace.keep_hours * HOUR_MS), ...(tooMany ? [tooMany] : [])])
      await forgetAll((what) => forgetHops(db, what), before, signal);
    for (const forget of [forgetServers, forgetImages, forgetEvents, forgetDecisions, forgetAudits])
      await forgetAll((what) => forget(db, what), ago(config.database.keep_deleted_days * DAY_MS), signal);
  };
  life.run('the housekeeping', repeat({ name: 'housekeeping', everyMs: EVERY_MS, run }, { clock, log, signal: life.signal }));
}

async function forgetAll(forget: Forget, before: Date, signal: AbortSignal): Promise<void> {
  while (!signal.aborted && (await forget({ before, limit: AT_ONCE })) === AT_ONCE);
}
