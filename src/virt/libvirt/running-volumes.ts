import { Type as t } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import type { GuestVolume } from '../../objects/guest-volume.ts';
import type { ServerId } from '../../objects/ids.ts';
import { HypervisorFailed } from '../errors.ts';
import { nbdNode } from './definition/volume-disk.ts';
import type { GuestDomains } from './guest-domains.ts';
import type { LibvirtLink } from './link.ts';

/** A device of a running guest, by its alias in the definition, and the connection of this many bytes that it is to use from now on. */
interface Leading {
  readonly device: string;
  readonly volume: GuestVolume;
  readonly bytes: number;
}

type Ask = (execute: string, args?: object) => Promise<unknown>;

/**
 * Leads disks of running guests to other connections of their volumes. An NBD connection keeps the size that it began with, and libvirt
 * cannot exchange it, so QEMU is told itself. In the end its nodes have the names that libvirt gave them: libvirt finds what it expects.
 */
export class RunningVolumes {
  readonly #options: { readonly link: LibvirtLink; readonly domains: GuestDomains };

  constructor(options: { readonly link: LibvirtLink; readonly domains: GuestDomains }) {
    this.#options = options;
  }

  /** A no-op where the disk is as large already. An earlier try may have ended anywhere, with the disk on nodes of either name. */
  async lead(serverId: ServerId, { device, volume, bytes }: Leading): Promise<void> {
    const domain = await this.#options.domains.get(serverId);
    const ask: Ask = (execute, args = {}) =>
      this.#options.link.call('lead a disk of the server to its volume', async (libvirt) => {
        const reply: unknown = JSON.parse(await libvirt.qemuMonitor(domain, JSON.stringify({ execute, arguments: args }), []));
        if (!Value.Check(answer, reply)) throw HypervisorFailed({ what: `do ${execute}: ${JSON.stringify(reply)}` });
        return reply.return;
      });
    const used = await nodeUsedBy(device, ask);
    const [, giver, number = ''] = /^(libvirt|nova)-(\d+)-format$/.exec(used ?? '') ?? [];
    if (giver === undefined) throw HypervisorFailed({ what: 'find a disk of the server' });
    const [own, between] = [`libvirt-${number}`, `nova-${number}`];
    if (giver === 'libvirt') {
      const isLarge = ((await nodeSizes(ask)).get(`${own}-format`) ?? 0) >= bytes;
      await drop(between, ask);
      if (isLarge) return;
      await use(between, { device, volume, bytes }, ask);
    }
    await drop(own, ask);
    await use(own, { device, volume, bytes }, ask);
    await drop(between, ask);
  }
}

/** Makes the nodes of this name, and gives them to the device. */
async function use(name: string, { device, volume, bytes }: Leading, ask: Ask): Promise<void> {
  const common = { cache: { direct: true, 'no-flush': false }, discard: 'unmap' };
  const readOnly = { 'read-only': volume.isReadOnly };
  await ask('blockdev-add', { ...nbdNode(volume), ...common, ...readOnly, 'node-name': `${name}-storage` });
  await ask('blockdev-add', { driver: 'raw', file: `${name}-storage`, ...common, ...readOnly, 'node-name': `${name}-format` });
  await ask('qom-set', { path: `/machine/peripheral/${device}`, property: 'drive', value: `${name}-format` });
  // It has this size already; by this the guest is told.
  await ask('block_resize', { 'node-name': `${name}-format`, size: bytes });
}

/** Removes the nodes of this name that there are. */
async function drop(name: string, ask: Ask): Promise<void> {
  const there = await nodeSizes(ask);
  for (const node of [`${name}-format`, `${name}-storage`]) if (there.has(node)) await ask('blockdev-del', { 'node-name': node });
}

async function nodeSizes(ask: Ask): Promise<ReadonlyMap<string, number>> {
  const found = await ask('query-named-block-nodes', { flat: true });
  return new Map(Value.Check(nodes, found) ? found.map((node) => [node['node-name'], node.image['virtual-size']]) : []);
}

async function nodeUsedBy(device: string, ask: Ask): Promise<string | undefined> {
  const found = await ask('query-block');
  const path = `/machine/peripheral/${device}`;
  const isMeant = (qdev = '') => qdev === device || qdev === path || qdev.startsWith(`${path}/`);
  return Value.Check(blocks, found) ? found.find(({ qdev }) => isMeant(qdev))?.inserted?.['node-name'] : undefined;
}

const answer = t.Object({ return: t.Unknown() });
const nodes = t.Array(t.Object({ 'node-name': t.String(), image: t.Object({ 'virtual-size': t.Number() }) }));
const blocks = t.Array(t.Object({ qdev: t.Optional(t.String()), inserted: t.Optional(t.Object({ 'node-name': t.Optional(t.String()) })) }));
