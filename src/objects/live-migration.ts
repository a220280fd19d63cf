/** What the two hosts of a live migration tell each other, and how far it is. */
import { type Static, Type as t } from '@sinclair/typebox';

/** A disk that a guest writes on its own host, and the cached image below it. */
const ownDisk = t.Object({
  name: t.String(),
  format: t.Union([t.Literal('qcow2'), t.Literal('raw')]),
  virtualBytes: t.Integer(),
  /** The hash of the image. */
  image: t.Optional(t.String()),
  imageFormat: t.Optional(t.String()),
});

/** What a running guest needs of the host that takes it in. */
export const departure = t.Object({
  /** Its disks that no other host sees: their data goes along. */
  disks: t.Array(ownDisk),
  /** What these disks take on the host now. */
  diskBytes: t.Integer(),
  hypervisorVersion: t.Integer(),
  /** The processor that the guest sees, as its hypervisor describes it; absent if any host can show it. */
  processor: t.Optional(t.String()),
});
export type Departure = Static<typeof departure>;

/** How a host takes a guest in, in the words of its hypervisor: addresses and paths by name. */
export const arrival = t.Record(t.String(), t.String());
export type Arrival = Static<typeof arrival>;

const amounts = t.Object({ total: t.Integer(), processed: t.Integer(), remaining: t.Integer() });

/** How much of a guest's memory and disks is on the other host, in bytes. */
export const transfer = t.Object({ memory: amounts, disk: amounts });
export type Transfer = Static<typeof transfer>;
