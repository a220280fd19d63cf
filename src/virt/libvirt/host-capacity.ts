import { statfs } from 'node:fs/promises';
import type { HostReport } from '../../objects/host-report.ts';
import type { VirtType } from './definition/domain-parts.ts';
import type { LibvirtLink } from './link.ts';

// The capacity and supported guests of a host, from libvirt and the file system of its guests.

const GIB = 1024 ** 3;

/** The capacity of a host; the caller adds node, address and traits. */
export type HostCapacity = Omit<HostReport, 'host' | 'node' | 'hostIp' | 'capabilities'>;

export const hostCapacity = (link: LibvirtLink, options: { instancesDir: string; virtType: VirtType }): Promise<HostCapacity> =>
  link.call('report what the host has', async (libvirt) => {
    const node = await libvirt.nodeInfo();
    const disk = await statfs(options.instancesDir);
    const capabilities = await libvirt.capabilities();
    const { arch, model, vendor, features } = cpuOf(capabilities);
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
      supportedInstances: guestTypesOf(capabilities, options.virtType),
    };
  });

/** Encodes `7.2.0` as 7002000, as libvirt and the compute API do. */
export const versionNumber = (version: string): number =>
  version.split('.').reduce((number, part, index) => number + Number(part) * 1000 ** (2 - index), 0);

/** The host's processor: the first `cpu` element of the capabilities document. */
export const cpuOf = (capabilities: string) => {
  const host = /<host>[\s\S]*?<\/host>/.exec(capabilities)?.[0] ?? '';
  const cpu = /<cpu>[\s\S]*?<\/cpu>/.exec(host)?.[0] ?? '';
  const text = (name: string): string => new RegExp(`<${name}>([^<]*)</${name}>`).exec(cpu)?.[1] ?? 'unknown';
  const features = [...cpu.matchAll(/<feature name=['"]([^'"]+)['"]/g)].flatMap(([, name]) => name ?? []);
  return { arch: text('arch'), model: text('model'), vendor: text('vendor'), features };
};

/** [architecture, hypervisor type, vm mode] of what the host can run. kvm in the document proves nothing: it counts only if the trial succeeded. */
export const guestTypesOf = (capabilities: string, virtType: VirtType): [string, string, string][] =>
  [...capabilities.matchAll(/<guest>[\s\S]*?<\/guest>/g)].flatMap(([guest]) => {
    const mode = /<os_type>([^<]*)<\/os_type>/.exec(guest)?.[1];
    const arch = /<arch name=['"]([^'"]+)['"]/.exec(guest)?.[1];
    const types = [...guest.matchAll(/<domain type=['"]([^'"]+)['"]/g)].flatMap(([, type]) => type ?? []);
    if (mode === undefined || arch === undefined) return [];
    return [...new Set(types)]
      .filter((type) => type !== 'kvm' || virtType === 'kvm')
      .map((type): [string, string, string] => [arch, type, mode]);
  });
