import { recordTunnelAddress } from '../../db/stores/network/network-hosts.ts';
import { serviceContext } from '../../lib/context/context.ts';
import { conductorRpc } from '../../conductor/rpcapi.ts';
import { atATime } from '../../lib/clock/at-a-time.ts';
import { repeat } from '../../lib/clock/periodic.ts';
import { clientOf } from '../../lib/rpc/client.ts';
import { serve } from '../../lib/rpc/serve.ts';
import { tellHosts } from '../../network/books/tell-hosts.ts';
import { tellUntold } from '../../network/books/addresses.ts';
import type { NetworkDriver } from '../../network/host/driver.ts';
import { FakeNetworkDriver } from '../../network/host/drivers/fake/index.ts';
import { HostNetworks } from '../../network/host/networks.ts';
import { networkManager } from '../../network/manager.ts';
import { keepReconciling, reconcileNetworks } from '../../network/host/reconciler.ts';
import { networkRpc } from '../../network/rpcapi.ts';
import { urlOf } from '../nova-config.ts';
import { cloudIdOf } from './cloud-id.ts';
import { chooseHostKind, HOSTS_AT_ONCE, type HostKind, type LocalHost, localHosts, networkIn } from './hosts.ts';
import { metadataSecret } from './metadata-secret.ts';
import { networkLimitsIn } from './networks.ts';
import type { Shared } from './shared.ts';

/** How often a host's networking is compared with the books, in milliseconds. */
const COMPARE_EVERY_MS = 60_000;
/** How long a change waits for others to join it before a host reads its ports: each read covers all of them. */
const GATHER_MS = 200;

/** How often to look for servers whose new addresses compute has not been told, in milliseconds. */
const TELL_EVERY_MS = 5_000;

/** Starts the network service of each host of this program. */
export async function startNetwork(shared: Shared): Promise<void> {
  const kind = await chooseHostKind(shared.runtime);
  const hosts = localHosts(shared.runtime, kind);
  const { clock, log, life } = shared.runtime;
  const checks: (() => Promise<void>)[] = [];
  await atATime(HOSTS_AT_ONCE, hosts, async (host) => {
    checks.push(await startHost(shared, kind, host));
  });
  life.run('the network checks', keepReconciling(checks, { log, clock, everyMs: COMPARE_EVERY_MS, signal: life.signal }));
  startTelling(shared);
  await shared.group.join(
    hosts.map(({ name }) => ({ binary: 'nova-network', host: name })),
    life.signal,
  );
}

/** Several network services may run this at once: telling a server's addresses twice is harmless. */
function startTelling({ db, bus, runtime: { ids, log, clock, life } }: Shared): void {
  const run = tellUntold({ db, ids, log, conductor: clientOf(conductorRpc, bus) });
  life.run('the address updates', repeat({ name: 'update addresses', everyMs: TELL_EVERY_MS, run }, { clock, log, signal: life.signal }));
}

/** Starts a host's network service. If the first reconciliation fails, the start fails. Returns the reconciliation, to repeat it. */
async function startHost(shared: Shared, kind: HostKind, host: LocalHost): Promise<() => Promise<void>> {
  const { runtime, bus, db, tracer } = shared;
  const { ids, log, clock, life } = runtime;
  if (await recordTunnelAddress(db, host.name, await tunnelAddressOf(shared, kind, host)))
    await tellHosts({ network: clientOf(networkRpc, bus), log }, serviceContext(`req-${ids.uuid()}`));
  const driver = await openDriver(shared, kind, host);
  life.hold('the network of the host', driver, (open) => open.close());
  const gather = () => clock.sleep(GATHER_MS, life.signal).catch(() => {});
  const hostNetworks = new HostNetworks({ db, host: host.name, driver, gather });
  const reconcile = reconcileNetworks({ hostNetworks, log });
  await reconcile();
  const manager = networkManager({
    db,
    ids,
    log,
    quotaLimits: networkLimitsIn(runtime.config),
    hostNetworks,
    network: clientOf(networkRpc, bus),
  });
  const serving = await serve(bus, networkRpc, manager, { host: host.name, log, trace: tracer });
  life.hold('the network service', serving, (open) => open.close());
  return reconcile;
}

/** Where the other hosts reach this one: where the operator says or, for private hosts, at its end of the link to the machine. */
async function tunnelAddressOf({ runtime }: Shared, { kind }: HostKind, { netns }: LocalHost): Promise<string | null> {
  const { tunnel_ip: configured, egress } = runtime.config.network;
  if (kind === 'fake') return null;
  if (configured !== undefined) return configured;
  if (kind !== 'private' || netns === null || egress !== 'nat') return null;
  const { uplinkOf } = await import('../../network/host/drivers/flat-dhcp/index.ts');
  return uplinkOf(netns).host;
}

async function openDriver(shared: Shared, { kind }: HostKind, host: LocalHost): Promise<NetworkDriver> {
  const { config, clock, log } = shared.runtime;
  const { driver, dhcp_domain, dhcp_lease_time, egress } = config.network;
  if (driver === 'fake' || (driver === 'auto' && kind === 'fake')) return new FakeNetworkDriver();
  // Loaded on demand: a simulated cloud starts without it.
  const { FlatDhcpDriver } = await import('../../network/host/drivers/flat-dhcp/index.ts');
  if (kind === 'private') await ensureNamespace(host);
  return new FlatDhcpDriver({
    cloudId: await cloudIdOf(shared),
    netns: host.netns,
    stateDir: networkIn(host.directory),
    programDir: shared.runtime.stateDir,
    clock,
    log,
    domain: dhcp_domain,
    leaseSeconds: dhcp_lease_time,
    hasEgress: egress === 'nat',
    metadata: { target: urlOf(config, 'metadata'), secret: await metadataSecret(shared) },
  });
}

/** Creates the host's namespace, unless its compute service started first and has done so. */
async function ensureNamespace({ name, directory }: LocalHost): Promise<void> {
  const { ensureNetworkNamespace } = await import('../../virt/libvirt/private-host/network-namespace.ts');
  const { hostLayout } = await import('../../virt/libvirt/private-host/layout.ts');
  await ensureNetworkNamespace(hostLayout({ name, directory }));
}
