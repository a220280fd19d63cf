/**
 * The nodes of a storage daemon by which it serves one volume. A node keeps the size that its file had when it was made, and so does a
 * connection to it: a volume that has grown is served by a further node, beside the ones that guests still use.
 */
import { Type as t } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import type { Monitor } from './qmp.ts';

/** The node that a daemon has from its start. */
const FIRST = 'disk';

/** The node of a volume of this many bytes; without a number the first one. */
export const nodeOf = (bytes: number | undefined): string => (bytes === undefined ? FIRST : `${FIRST}-${bytes}`);

/** The size of each node, in bytes. */
export async function nodeSizes(daemon: Monitor): Promise<ReadonlyMap<string, number>> {
  const found = await daemon.ask('query-named-block-nodes', { flat: true });
  return new Map(Value.Check(nodes, found) ? found.map((node) => [node['node-name'], node.image['virtual-size']]) : []);
}

/** Makes the node of this size, if the daemon lacks it. */
export async function ensureNode(daemon: Monitor, file: string, bytes: number | undefined): Promise<void> {
  const node = nodeOf(bytes);
  if ((await nodeSizes(daemon)).has(node)) return;
  const storage = { driver: 'file', filename: file, discard: 'unmap' };
  await daemon.ask('blockdev-add', { driver: 'raw', 'node-name': node, discard: 'unmap', file: storage });
}

const nodes = t.Array(t.Object({ 'node-name': t.String(), image: t.Object({ 'virtual-size': t.Number() }) }));
