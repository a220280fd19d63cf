/** What is left of a host on this machine, and its removal. */
import { existsSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { asId, type HostName } from '../../objects/ids.ts';
import { hostLayout, isHostName } from '../../virt/libvirt/private-host/layout.ts';
import { cloudIdOf } from '../cloud/cloud-id.ts';
import { guestsIn, hostDirectory, type LocalHost, networkIn } from '../cloud/hosts.ts';
import type { Runtime } from '../cloud/runtime.ts';
import type { Shared } from '../cloud/shared.ts';
import { openVirtDriver } from '../cloud/virt-drivers.ts';
import { RemovalNeedsRoot } from './refusals.ts';

/** One thing that is left. Its removal is idempotent. */
export interface Remain {
  readonly what: string;
  readonly remove: () => Promise<void>;
}

/** Everything that is left, in the order of removal: the directory is last, because the rest is found by it. */
export async function remainsOf(cloud: Pick<Shared, 'db' | 'runtime'>, host: string): Promise<readonly Remain[]> {
  const directory = hostDirectory(cloud.runtime, host);
  const home: Remain = { what: `the directory ${directory}`, remove: () => rm(directory, { recursive: true, force: true }) };
  const remains = [...(privateRemains(cloud.runtime, host, directory) ?? (await sharedRemains(cloud, host, directory)))];
  return existsSync(directory) ? [...remains, home] : remains;
}

/** What a private host leaves: everything is in its network namespace. Undefined for other hosts. */
function privateRemains({ clock }: Runtime, host: string, directory: string): readonly Remain[] | undefined {
  if (!isHostName(host)) return undefined;
  const { netns, netnsFile, runDirectory, etc } = hostLayout({ name: host, directory });
  const isUp = existsSync(netnsFile) || existsSync(runDirectory);
  // After a reboot of the machine only the directory is left.
  if (!isUp) return existsSync(etc) ? [] : undefined;
  const what = `the network namespace ${netns}, with its bridges, DHCP servers, libvirtd and guests`;
  if (process.getuid?.() !== 0) throw RemovalNeedsRoot({ host, what });
  const remove = async () => {
    // By the namespace a removal that follows a killed one finds that there is something to do: it is last.
    const { removeUplink } = await import('../../network/host/drivers/flat-dhcp/index.ts');
    await removeUplink(netns);
    const { destroyPrivateHost } = await import('../../virt/libvirt/private-host/private-host.ts');
    await destroyPrivateHost({ name: host, directory, clock });
  };
  return [{ what, remove }];
}

/** What a host leaves in the machine's own network and libvirtd. */
async function sharedRemains(cloud: Pick<Shared, 'db' | 'runtime'>, host: string, directory: string): Promise<readonly Remain[]> {
  const local: LocalHost = { name: asId<HostName>(host), directory, netns: null };
  const guests = await readdir(guestsIn(directory)).catch((): string[] => []);
  return [
    ...(guests.length > 0 ? [{ what: "guests on the machine's libvirtd", remove: () => destroyGuests(cloud.runtime, local) }] : []),
    ...(existsSync(networkIn(directory))
      ? [{ what: 'bridges, DHCP servers and packet filters', remove: () => tearDown(cloud, local) }]
      : []),
  ];
}

/** No server is on the host any more, so these guests are orphans. */
async function destroyGuests(runtime: Runtime, local: LocalHost): Promise<void> {
  const driver = await openVirtDriver(runtime, { kind: 'system' }, local);
  await driver.start();
  try {
    for (const { serverId } of await driver.listGuests()) await driver.destroy(serverId);
  } finally {
    await driver.close();
  }
}

async function tearDown({ db, runtime }: Pick<Shared, 'db' | 'runtime'>, { netns, directory }: LocalHost): Promise<void> {
  const { FlatDhcpDriver } = await import('../../network/host/drivers/flat-dhcp/index.ts');
  const { clock, log, stateDir: programDir } = runtime;
  const cloudId = await cloudIdOf({ db, runtime });
  await new FlatDhcpDriver({ cloudId, netns, stateDir: networkIn(directory), programDir, clock, log, domain: '' }).tearDown();
}
