/** The audit of usage: at the end of each period every server that ran in it is told, for those who bill by notifications. */
import { change } from '../../db/change.ts';
import type { CellDb } from '../../db/sql/queries.ts';
import { listServices } from '../../db/stores/hosts/services.ts';
import { auditsOf, noteAudit, serversOfPeriod } from '../../db/stores/hosts/usage-audits.ts';
import { serverExists } from '../../events/servers.ts';
import type { Clock } from '../../lib/clock/clock.ts';
import type { Ids } from '../../lib/clock/ids.ts';
import { serviceContext } from '../../lib/context/context.ts';
import { type Auditing, lastPeriodBefore } from '../../objects/audit-period.ts';

interface Deps {
  readonly db: CellDb;
  readonly ids: Ids;
  readonly clock: Pick<Clock, 'now'>;
}

/** Tells the servers of the last whole period, host by host. Several may do it at once: each host's are told once, or not at all. */
export async function auditUsage({ db, ids, clock }: Deps, auditing: Auditing): Promise<void> {
  const period = lastPeriodBefore(clock.now(), auditing);
  const done = new Set((await auditsOf(db, period)).map(({ host }) => host));
  const hosts = (await listServices(db)).filter(({ binary, host }) => binary === 'nova-compute' && !done.has(host));
  for (const { host } of hosts) {
    // oxlint-disable-next-line no-await-in-loop -- one transaction at a time: it may tell many servers
    await change(serviceContext(`req-${ids.uuid()}`), { db, what: `usage.audit ${host}` }, async ({ trx, tell }) => {
      const servers = await serversOfPeriod(trx, host, period);
      if (!(await noteAudit(trx, host, period, servers.length))) return;
      for (const server of servers) tell(serverExists({ ...server, period }));
    });
  }
}
