import { statfs } from 'node:fs/promises';
import type { HostReport } from '../../objects/host-report.ts';
import type { CpuDivision } from '../../objects/numa/host-topology.ts';
import type { VirtType } from './definition/domain-parts.ts';
import { topologyOf } from './host-nodes.ts';
import type { LibvirtLink } from './link.ts';
import { attributeOf, childrenOf, elementAt, readXml, textIn } from './read-xml.ts';

// The capacity and supported guests of a host, from libvirt and the file system of its guests.

const GIB = 1024 ** 3;

/** The capacity of a host; the caller adds node, address and traits. */
export type HostCapacity = Omit<HostReport, 'host' | 'node' | 'hostIp' | 'capabilities'>;

export const hostCapacity = (
  link: LibvirtLink,
  options: { instancesDir: string; virtType: VirtType; division: CpuDivision },
): Promise<HostCapacity> =>
  link.call('report what the host has', async (libvirt) => {
    const node = await libvirt.nodeInfo();
    const disk = await statfs(options.instancesDir);
    const capabilities = await libvirt.capabilities();
    const { arch, model, vendor, features } = cpuOf(capabilities);
    const topology = topologyOf(capabilities, options.division);
    return {
      vcpus: node.cpus,
      memoryMb: Math.floor(node.memoryKib / 1024),
      localGb: Math.floor((disk.blocks * disk.bsize) / GIB),
      hypervisorType: await libvirt.hypervisorType(),
      hypervisorVersion: versionNumber(await libvirt.hypervisorVersion()),
      cpuInfo: {
        arch,
        model,
        vendor,
        topology: { cells: node.nodes, sockets: node.socketsPerNode, cores: node.coresPerSocket, threads: node.threadsPerCore },
        features,
      },
      ...(topology && { topology }),
      supportedInstances: guestTypesOf(capabilities, options.virtType),
    };
  });

/** Encodes `7.2.0` as 7002000, as libvirt and the compute API do. */
export const versionNumber = (version: string): number =>
  version.split('.').reduce((number, part, index) => number + Number(part) * 1000 ** (2 - index), 0);

/** The host's processor. */
export const cpuOf = (capabilities: string) => {
  const cpu = elementAt(readXml(capabilities), 'host', 'cpu');
  const text = (name: string): string => textIn(elementAt(cpu, name)) ?? 'unknown';
  const features = childrenOf(cpu, 'feature').flatMap((feature) => attributeOf(feature, 'name') ?? []);
  return { arch: text('arch'), model: text('model'), vendor: text('vendor'), features };
};

/** [architecture, hypervisor type, vm mode] of what the host can run. kvm in the document proves nothing: it counts only if the trial succeeded. */
export const guestTypesOf = (capabilities: string, virtType: VirtType): [string, string, string][] =>
  childrenOf(readXml(capabilities), 'guest').flatMap((guest) => {
    const mode = textIn(elementAt(guest, 'os_type'));
    const arch = attributeOf(elementAt(guest, 'arch'), 'name');
    const types = childrenOf(elementAt(guest, 'arch'), 'domain').flatMap((domain) => attributeOf(domain, 'type') ?? []);
    if (mode === undefined || arch === undefined) return [];
    return [...new Set(types)]
      .filter((type) => type !== 'kvm' || virtType === 'kvm')
      .map((type): [string, string, string] => [arch, type, mode]);
  });
