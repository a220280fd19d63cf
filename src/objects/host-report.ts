import { Type as t, type Static } from '@sinclair/typebox';
import { hostName, serverId } from './ids.ts';
import { hostTopology } from './numa/host-topology.ts';
import { hostDevice } from './pci/host-device.ts';
import { powerState } from './states.ts';

/** What a compute host reports at every report interval: capacity before claims, and what it can run. */
export const hostReport = t.Object({
  host: hostName,
  node: t.String(),
  hostIp: t.String(),
  vcpus: t.Integer(),
  memoryMb: t.Integer(),
  localGb: t.Integer(),
  hypervisorType: t.String(),
  hypervisorVersion: t.Integer(),
  /** Free form, as the hypervisor reports it: model, vendor, arch, topology, features. */
  cpuInfo: t.Record(t.String(), t.Unknown()),
  /** The compute contract version that the host supports; 1 when it reports none. */
  contract: t.Optional(t.Integer({ minimum: 1 })),
  /** The host's uptime, as the host formats it. */
  uptime: t.Optional(t.String({ maxLength: 255 })),
  /** The optional capabilities of its hypervisor (`VirtAbility`), and the traits that its driver names. */
  capabilities: t.Optional(t.Array(t.String())),
  /** Its nodes, as far as guests may have CPUs and pages of them. */
  topology: t.Optional(hostTopology),
  /** The PCI devices that guests may have for themselves. */
  devices: t.Optional(t.Array(hostDevice)),
  /** What its operator says that it has, by resource class. */
  customInventories: t.Optional(t.Record(t.String(), t.Integer({ minimum: 0 }))),
  /** [architecture, hypervisor type, vm mode], as in `supported_instances`. */
  supportedInstances: t.Array(t.Unsafe<[string, string, string]>({ type: 'array', items: { type: 'string' }, minItems: 3, maxItems: 3 })),
});
export type HostReport = Static<typeof hostReport>;

/** One guest as the hypervisor sees it. */
export const observedGuest = t.Object({ serverId, powerState });
export type ObservedGuest = Static<typeof observedGuest>;
