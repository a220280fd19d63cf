/** The machine that a simulated host stands for, as it reports it. */
import type { HostReport } from '../../objects/host-report.ts';
import { allShared, type CpuDivision, divided, type MachineNode } from '../../objects/numa/host-topology.ts';
import type { HostDevice } from '../../objects/pci/host-device.ts';
import { hostUptime } from '../host-uptime.ts';
import { simulatedTraits } from './hardware.ts';

/** The size of a simulated host. */
interface FakeCapacity {
  readonly vcpus: number;
  readonly memoryMb: number;
  readonly localGb: number;
}

/** A machine. */
export interface FakeMachine {
  readonly node: string;
  readonly hostIp: string;
  readonly capacity?: FakeCapacity;
  /** Its nodes; a host without any gives no CPUs or pages to single guests. */
  readonly machine?: readonly MachineNode[];
  readonly division?: CpuDivision;
  /** Its PCI devices that guests may have for themselves. */
  readonly devices?: readonly HostDevice[];
}

const DEFAULT_CAPACITY: FakeCapacity = { vcpus: 1000, memoryMb: 800_000, localGb: 600_000 };

/** What it reports. */
export function reportOf(
  { node, hostIp, capacity, machine = [], division = allShared, devices = [] }: FakeMachine,
  now: Date,
): Omit<HostReport, 'host'> {
  const size = { ...DEFAULT_CAPACITY, ...capacity, ...sizeOf(machine) };
  return {
    node,
    hostIp,
    ...size,
    ...(machine.length > 0 && { topology: divided(machine, division) }),
    ...(devices.length > 0 && { devices: [...devices] }),
    uptime: hostUptime(now),
    hypervisorType: 'fake',
    hypervisorVersion: 1_000_000,
    cpuInfo: {
      arch: 'x86_64',
      model: 'simulated',
      vendor: 'nova-ts',
      topology: { cores: 1, threads: 1, sockets: size.vcpus },
      features: [],
    },
    capabilities: [...simulatedTraits],
    supportedInstances: [['x86_64', 'fake', 'hvm']],
  };
}

/** What a machine with these nodes has in all. */
const sizeOf = (machine: readonly MachineNode[]): Partial<FakeCapacity> =>
  machine.length === 0
    ? {}
    : {
        vcpus: machine.flatMap(({ cores }) => cores.flat()).length,
        memoryMb: machine.reduce((sum, { memoryMb }) => sum + memoryMb, 0),
      };
