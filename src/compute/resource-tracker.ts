import type { ConductorRpcApi } from '../conductor/rpcapi.ts';
import type { Ids } from '../lib/clock/ids.ts';
import { serviceContext } from '../lib/context/context.ts';
import type { HostName } from '../objects/ids.ts';
import type { VirtDriver } from '../virt/driver.ts';

/** Tells the conductor what the host has: its capacity in the books and its sign of life are one message. */
export const trackResources =
  (deps: { driver: VirtDriver; conductor: ConductorRpcApi; host: HostName; ids: Ids }) => async (): Promise<void> => {
    const { driver, conductor, host, ids } = deps;
    await conductor.reportHost(serviceContext(`req-${ids.uuid()}`), { report: { host, ...(await driver.report()) } });
  };
