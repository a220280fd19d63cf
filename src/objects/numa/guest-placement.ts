/** Where on its host a guest with nodes, CPUs or pages of its own is. */
import { Type as t, type Static } from '@sinclair/typebox';

const number = t.Integer({ minimum: 0 });

/** A node of the guest, on a node of the host. */
export const placedNode = t.Object({
  hostNode: number,
  cpus: t.Array(number),
  memoryMb: number,
  /** Its CPUs that have one of the host for themselves. */
  pins: t.Array(t.Object({ cpu: number, on: number })),
  /** The CPUs of the host for its other ones. */
  floatsOn: t.Array(number),
  /** All CPUs of the host that nobody else gets: those of its pins, of QEMU, and threads beside them that stay idle. */
  held: t.Array(number),
  /** How many threads of a core its pinned CPUs are on. */
  threads: t.Integer({ minimum: 1 }),
});
export type PlacedNode = Static<typeof placedNode>;

/** The whole guest. */
export const guestPlacement = t.Object({
  nodes: t.Array(placedNode),
  /** The size of the pages below its memory; null where the host chooses. */
  pageKib: t.Union([t.Integer({ minimum: 1 }), t.Null()]),
  /** The CPUs of the host on which QEMU's own threads run; null where nobody said. */
  emulatorOn: t.Union([t.Array(number), t.Null()]),
});
export type GuestPlacement = Static<typeof guestPlacement>;

/** The CPUs of its host that a guest has for itself. */
export const heldBy = ({ nodes }: GuestPlacement): readonly number[] => nodes.flatMap(({ held }) => held);

/** Each pinned CPU of the guest, with its CPU of the host. */
export const pinsOf = ({ nodes }: GuestPlacement): readonly PlacedNode['pins'][number][] => nodes.flatMap(({ pins }) => pins);
