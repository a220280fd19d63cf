import { type ConductorRpcApi, MAX_REPORTS } from '../../conductor/rpcapi.ts';
import { atATime } from '../../lib/clock/at-a-time.ts';
import type { Ids } from '../../lib/clock/ids.ts';
import { serviceContext } from '../../lib/context/context.ts';
import type { HostName } from '../../objects/ids.ts';
import { virtAbilities } from '../../objects/virt-ability.ts';
import type { VirtDriver } from '../../virt/driver.ts';
import { COMPUTE_CONTRACT } from '../rpcapi.ts';

/** A host of this program. */
export interface TrackedHost {
  readonly host: HostName;
  readonly driver: VirtDriver;
  /** Called when the host had counted as down until this report. */
  onReturn(): Promise<void>;
}

interface Tracking {
  readonly hosts: readonly TrackedHost[];
  readonly conductor: ConductorRpcApi;
  readonly ids: Ids;
  /** What the operator says that each has, by resource class. */
  readonly customInventories?: Readonly<Record<string, number>>;
}

/** How many hosts that had counted as down are reconciled at a time. */
const RETURNING_AT_ONCE = 8;

/**
 * Reports the hosts of this program to the conductor: one message carries capacity and heartbeat of many hosts. A host that does not answer
 * does not delay the others.
 */
export const trackResources = (deps: Tracking) => async (): Promise<void> => {
  const { hosts, conductor, ids, customInventories } = deps;
  const custom = customInventories && { customInventories };
  const asked = await Promise.allSettled(
    hosts.map(async ({ host, driver }) => {
      const { capabilities = [], ...report } = await driver.report();
      return { host, ...report, ...custom, capabilities: [...abilitiesOf(driver), ...capabilities], contract: COMPUTE_CONTRACT };
    }),
  );
  const reports = asked.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  const returned = new Set<string>();
  for (let from = 0; from < reports.length; from += MAX_REPORTS) {
    const some = reports.slice(from, from + MAX_REPORTS);
    for (const host of await conductor.reportHosts(serviceContext(`req-${ids.uuid()}`), { reports: some })) returned.add(host);
  }
  // Not awaited: heartbeats go on meanwhile.
  void atATime(
    RETURNING_AT_ONCE,
    hosts.filter(({ host }) => returned.has(host)),
    (host) => host.onReturn(),
  );
  for (const one of asked) if (one.status === 'rejected') throw one.reason;
};

const abilitiesOf = ({ capabilities }: VirtDriver): string[] => virtAbilities.filter((ability) => capabilities[ability]);
