import { FakeDriver } from '../../virt/fake/driver.ts';
import { httpImageSender } from '../../virt/http-image-sender.ts';
import { faultsOf } from '../../virt/fake/faults.ts';
import { offered } from '../../objects/pci/device-spec.ts';
import { devicesOf } from '../../virt/fake/devices.ts';
import { machineOf } from '../../virt/fake/topology.ts';
import { divisionOf } from '../cpu-options.ts';
import { deviceSpecsOf } from '../pci-options.ts';
import type { ScreenChoice } from '../../virt/libvirt/definition/screens.ts';
import type { VirtDriver } from '../../virt/driver.ts';
import { addressOf, type ArrivalPlace, type LiveMigrationTuning, socketsIn } from '../../virt/libvirt/live/live-migration-options.ts';
import type { PrivateHost } from '../../virt/libvirt/private-host/private-host.ts';
import { fakeGuestsIn, guestsIn, hostDirectories, type HostKind, type LocalHost } from './hosts.ts';
import { inState, type Runtime } from './runtime.ts';

/** The hypervisor of a host. */
export async function openVirtDriver(runtime: Runtime, { kind }: HostKind, host: LocalHost): Promise<VirtDriver> {
  return kind === 'fake' ? fakeDriver(runtime, host) : await libvirtDriver(runtime, kind, host);
}

const fakeDriver = ({ config, clock, ids }: Runtime, { name, directory }: LocalHost): VirtDriver =>
  new FakeDriver({
    directory: fakeGuestsIn(directory),
    node: name,
    hostIp: config.DEFAULT.my_ip,
    faults: faultsOf(config.fake.faults ?? {}),
    machine: machineOf(config.fake.topology ?? ''),
    division: divisionOf(config),
    devices: offered(devicesOf(config.fake.pci_devices), deviceSpecsOf(config)),
    sendImage: httpImageSender,
    clock,
    ids,
  });

/** Where the machine's libvirtd listens by default. */
const SYSTEM = { socket: '/run/libvirt/libvirt-sock', uri: 'qemu:///system' } as const;

async function libvirtDriver(runtime: Runtime, kind: 'system' | 'private', host: LocalHost): Promise<VirtDriver> {
  // Loaded on demand: a simulated cloud starts without it.
  const [{ LibvirtDriver }, { httpImageFetcher }, { provenVirtType }, { SYSTEM_TPMS }] = await Promise.all([
    import('../../virt/libvirt/driver.ts'),
    import('../../virt/libvirt/http-image-fetcher.ts'),
    import('../../virt/libvirt/choose.ts'),
    import('../../virt/libvirt/guest-tpm.ts'),
  ]);
  const { config, clock, ids, log, stateDir } = runtime;
  const { virt_type } = config.libvirt;
  const own = kind === 'private' ? await privateHost(runtime, host) : undefined;
  return new LibvirtDriver({
    ...(own ? { uri: SYSTEM.uri, socket: own.libvirtSocket, seenFromHere: own.seenFromHere } : daemonOf(config.libvirt.connection_uri)),
    migration: {
      arrivals: own ? socketsIn(own.arrivals, own.libvirtUri) : arrivalsOf(config),
      tuning: tuningOf(config.libvirt),
    },
    instancesDir: guestsIn(host.directory),
    imageCacheDir: inState(runtime, 'image-cache'),
    cacheUsers: async () => (await hostDirectories(runtime)).map(guestsIn),
    node: host.name,
    hostIp: config.DEFAULT.my_ip,
    virtType: virt_type === 'auto' ? await provenVirtType({ stateDir, clock, log }) : virt_type,
    cpu: { mode: config.libvirt.cpu_mode, model: config.libvirt.cpu_models[0], extraFlags: config.libvirt.cpu_model_extra_flags },
    division: divisionOf(config),
    deviceSpecs: deviceSpecsOf(config),
    screens: screensOf(config),
    configDriveFormat: config.DEFAULT.config_drive_format,
    // A private host has no control groups of its own, and its kernel need not have traffic control.
    limits: { cpu: !own, vif: !own, locks: !own },
    tpms: own?.tpms ?? SYSTEM_TPMS,
    images: httpImageFetcher,
    sendImage: httpImageSender,
    clock,
    ids,
    log,
  });
}

/** Where the machine's own hypervisor takes guests in from other machines. */
const arrivalsOf = ({ DEFAULT, libvirt }: Runtime['config']): ArrivalPlace =>
  addressOf(libvirt.live_migration_inbound_addr ?? DEFAULT.my_ip, {
    uri: libvirt.live_migration_uri,
    scheme: libvirt.live_migration_scheme,
  });

const screensOf = ({ vnc, spice }: Runtime['config']): ScreenChoice => ({
  vnc: vnc.enabled,
  spice: !spice.enabled
    ? undefined
    : {
        hasAgent: spice.agent_enabled,
        image: spice.image_compression,
        jpeg: spice.jpeg_compression,
        zlib: spice.zlib_compression,
        playback: spice.playback_compression,
        streaming: spice.streaming_mode,
      },
});

const tuningOf = (libvirt: Runtime['config']['libvirt']): LiveMigrationTuning => ({
  downtimeMs: libvirt.live_migration_downtime,
  downtimeSteps: libvirt.live_migration_downtime_steps,
  downtimeDelaySeconds: libvirt.live_migration_downtime_delay,
  bandwidthMib: libvirt.live_migration_bandwidth,
  completionTimeoutSeconds: libvirt.live_migration_completion_timeout,
  timeoutAction: libvirt.live_migration_timeout_action,
  permitsPostCopy: libvirt.live_migration_permit_post_copy,
  permitsAutoConverge: libvirt.live_migration_permit_auto_converge,
  isEncrypted: libvirt.live_migration_with_native_tls,
});

/** `qemu+unix:///system?socket=/path`, as in virsh, names socket and hypervisor; `qemu:///system` only the hypervisor. */
function daemonOf(connectionUri: string | undefined): { socket: string; uri: string } {
  if (connectionUri === undefined) return SYSTEM;
  const url = new URL(connectionUri);
  return { socket: url.searchParams.get('socket') ?? SYSTEM.socket, uri: `${url.protocol.replace('+unix', '')}//${url.pathname}` };
}

/** Its guests keep running after this program, and the next start finds them. */
async function privateHost({ life, clock, log, stateDir }: Runtime, { name, directory }: LocalHost): Promise<PrivateHost> {
  const { startPrivateHost } = await import('../../virt/libvirt/private-host/private-host.ts');
  const started = await startPrivateHost({ name, directory, programDir: stateDir, clock, log });
  return life.hold('the private host', started, (host) => host.stop({ guests: 'keep' }));
}
