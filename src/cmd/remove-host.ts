/** `nova-ts manage remove-host`: removes a host from the books, and what is left of it on this machine. May be killed and repeated. */
import { createInterface } from 'node:readline/promises';
import { change } from '../db/change.ts';
import type { CellDb, WholeDb } from '../db/sql/queries.ts';
import { occupantsOf } from '../db/stores/hosts/occupants.ts';
import { forgetNetworkHost } from '../db/stores/network/network-hosts.ts';
import { deleteNode, deleteService, type ServiceRow } from '../db/stores/hosts/services.ts';
import { serviceDelete } from '../events/compute.ts';
import { serviceContext } from '../lib/context/context.ts';
import { openCloudDatabase } from './cloud/database.ts';
import type { Runtime } from './cloud/runtime.ts';
import { HostInUse, NAMED_OCCUPANTS, NoHostName } from './host-removal/refusals.ts';
import { type Remain, remainsOf } from './host-removal/remains.ts';
import { endedServices } from './host-removal/services-of-host.ts';
import { UsageError } from './usage-error.ts';

export interface RemoveHostOptions {
  readonly yes?: boolean;
}

/** Removes the host; @returns the exit status. */
export async function removeHost(open: () => Runtime, host: string, { yes = false }: RemoveHostOptions): Promise<number> {
  if (!/^[^/]+$/.test(host) || host === '.' || host === '..') throw NoHostName({ host });
  const runtime = open();
  try {
    const { db } = await openCloudDatabase(runtime);
    await refuseWhileInUse(db, host);
    const services = await endedServices({
      db,
      clock: runtime.clock,
      host,
      stateDir: runtime.stateDir,
      reportIntervalS: runtime.config.DEFAULT.report_interval,
      onWait: (seconds) => console.log(`waiting ${seconds} s to see that the services of ${host} have stopped`),
    });
    const remains = await remainsOf({ db, runtime }, host);
    const parts = [...services.map(({ binary }) => `the service ${binary}`), ...remains.map(({ what }) => what)];
    for (const part of parts) console.log(`  ${part}`);
    if (parts.length > 0 && !yes && !(await agrees(`Remove all this of host ${host}?`))) {
      console.log('nothing was removed');
      return 1;
    }
    await remove({ db, runtime }, host, { services, remains });
    console.log(parts.length > 0 ? `host ${host} is removed` : `nothing is left of a host ${host}, here and in the books`);
    return 0;
  } finally {
    await runtime.life.end();
  }
}

async function refuseWhileInUse(db: CellDb, host: string): Promise<void> {
  const occupants = await occupantsOf(db, host, NAMED_OCCUPANTS);
  if (occupants.count > 0) throw HostInUse({ host, ...occupants });
}

interface Found {
  readonly services: readonly ServiceRow[];
  readonly remains: readonly Remain[];
}

/** The books first: once the host is gone from them, nothing new can come to it. */
async function remove({ db, runtime }: { db: WholeDb; runtime: Runtime }, host: string, { services, remains }: Found): Promise<void> {
  const ctx = serviceContext(`req-${runtime.ids.uuid()}`);
  await change(ctx, { db, what: `host.remove ${host}` }, async ({ trx, tell }) => {
    // Also a hypervisor whose service was deleted by hand. A server may have come while the operator was asked.
    if ((await deleteNode(trx, host)) === 'in use') throw HostInUse({ host, ...(await occupantsOf(trx, host, NAMED_OCCUPANTS)) });
    for (const service of services) {
      await deleteService(trx, service);
      tell(serviceDelete(service));
    }
  });
  await forgetNetworkHost(db, host);
  for (const remain of remains) await remain.remove();
}

async function agrees(question: string): Promise<boolean> {
  if (!process.stdin.isTTY) throw UsageError({ because: 'there is no terminal to ask on: say --yes' });
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  try {
    return /^y(es)?$/i.test((await terminal.question(`${question} [y/N] `)).trim());
  } finally {
    terminal.close();
  }
}
