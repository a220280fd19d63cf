/** What a host has of processors and memory, node by node, and what of it guests may have for themselves. */
import { Type as t, type Static } from '@sinclair/typebox';

const numbers = t.Array(t.Integer({ minimum: 0 }));

/** Pages of one size. */
const pages = t.Object({ sizeKib: t.Integer({ minimum: 1 }), total: t.Integer({ minimum: 0 }), reserved: t.Integer({ minimum: 0 }) });

/** A node of the host: processors and the memory that is near to them. */
export const hostNode = t.Object({
  id: t.Integer({ minimum: 0 }),
  /** CPUs that guests share, and CPUs that one guest at a time has for itself. */
  shared: numbers,
  dedicated: numbers,
  /** The threads of each core. */
  cores: t.Array(numbers),
  memoryMb: t.Integer({ minimum: 0 }),
  pages: t.Array(pages),
  /** Which processor it is a part of, where the machine tells. */
  socket: t.Optional(t.Integer({ minimum: 0 })),
});
export type HostNode = Static<typeof hostNode>;

/** The nodes of a host. */
export const hostTopology = t.Array(hostNode);
export type HostTopology = Static<typeof hostTopology>;

/** A node as the machine has it. */
export interface MachineNode {
  readonly id: number;
  readonly cores: readonly (readonly number[])[];
  readonly memoryMb: number;
  readonly pages: readonly { readonly sizeKib: number; readonly total: number }[];
  readonly socket?: number | undefined;
}

/** What the operator gives to guests; without any set all CPUs are shared. */
export interface CpuDivision {
  readonly shared: readonly number[] | undefined;
  readonly dedicated: readonly number[] | undefined;
  /** Pages that are not for guests. */
  readonly reservedPages: readonly { readonly node: number; readonly sizeKib: number; readonly count: number }[];
}

/** The division of a host whose operator set nothing. */
export const allShared: CpuDivision = { shared: undefined, dedicated: undefined, reservedPages: [] };

/** The nodes of a machine as they are divided. With dedicated CPUs alone, none are shared. */
export const divided = (machine: readonly MachineNode[], { shared, dedicated = [], reservedPages }: CpuDivision): HostTopology =>
  machine.map(({ id, cores, memoryMb, pages: all, socket }) => {
    const cpus = cores.flat();
    const usual = dedicated.length === 0 ? cpus : [];
    return {
      id,
      shared: shared ? cpus.filter((cpu) => shared.includes(cpu)) : usual,
      dedicated: cpus.filter((cpu) => dedicated.includes(cpu)),
      cores: cores.map((threads) => [...threads]),
      memoryMb,
      pages: all.map(({ sizeKib, total }) => ({ sizeKib, total, reserved: reservedIn(reservedPages, id, sizeKib) })),
      ...(socket !== undefined && { socket }),
    };
  });

const reservedIn = (reserved: CpuDivision['reservedPages'], id: number, sizeKib: number): number =>
  reserved.filter((one) => one.node === id && one.sizeKib === sizeKib).reduce((sum, { count }) => sum + count, 0);

/** These nodes and those on the same processors; none but these where the machine does not tell. */
export function beside(topology: HostTopology, nodes: readonly number[]): readonly number[] {
  const sockets = new Set(topology.flatMap(({ id, socket }) => (socket !== undefined && nodes.includes(id) ? [socket] : [])));
  return topology.flatMap(({ id, socket }) => (nodes.includes(id) || (socket !== undefined && sockets.has(socket)) ? [id] : []));
}

/** The CPUs of a host that one guest at a time has for itself. */
export const dedicatedIn = (topology: HostTopology): readonly number[] => topology.flatMap(({ dedicated }) => dedicated);

/** The CPUs of a host that guests share. */
export const sharedIn = (topology: HostTopology): readonly number[] => topology.flatMap(({ shared }) => shared);
