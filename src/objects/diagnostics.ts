/** What a hypervisor counts of a running guest. Null is what it does not know. */
import { type Static, type TSchema, Type as t } from '@sinclair/typebox';
import { powerState } from './states.ts';

const orNull = <T extends TSchema>(schema: T) => t.Union([schema, t.Null()]);
const count = orNull(t.Number());

const traffic = t.Object({ octets: count, packets: count, errors: count, drops: count });

export const diagnostics = t.Object({
  state: powerState,
  hypervisor: t.String(),
  hypervisorOs: t.String(),
  cpus: t.Array(t.Object({ id: t.Integer(), timeNs: count })),
  /** `device` is the card's name on the host. */
  nics: t.Array(t.Object({ device: t.String(), macAddress: orNull(t.String()), received: traffic, sent: traffic })),
  disks: t.Array(
    t.Object({ device: t.String(), readBytes: count, readRequests: count, writeBytes: count, writeRequests: count, errors: count }),
  ),
  /** In KiB: `maximum`, `actual`, `rss` and others, as the hypervisor names them. */
  memoryKib: t.Record(t.String(), t.Number()),
});
export type Diagnostics = Static<typeof diagnostics>;
