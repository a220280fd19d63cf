/**
 * What a server takes of a host where more than the sizes of its flavor decides: dedicated CPUs, nodes, pages, PCI devices, amounts that the
 * flavor names. Which of them it gets is decided at the claim, under the locks of the host's inventories, so no two servers get the same.
 */
import { type RawBuilder, sql } from 'kysely';
import { demandOf, type Sizing, TAILORING_KEYS, takenIn, withDevices } from '../../../objects/demand.ts';
import type { HostName } from '../../../objects/ids.ts';
import type { GuestPlacement } from '../../../objects/numa/guest-placement.ts';
import type { PlacedDevice } from '../../../objects/pci/host-device.ts';
import { placeGuest } from '../../../objects/pci/place-guest.ts';
import { wantedTopology } from '../../../objects/numa/wanted-topology.ts';
import { resourceClass } from '../../../objects/resources.ts';
import type { InCell } from '../../sql/queries.ts';

/** What a placement records. */
export interface Tailored {
  /** Rows of class and amount. */
  readonly demand: RawBuilder<unknown>;
  readonly numa: GuestPlacement | null;
  readonly devices: readonly PlacedDevice[] | null;
}

/** Whether the server in a row is such a one; `isTailored` is the same for records. */
export const isTailoredRow = sql<boolean>`EXISTS (
  SELECT FROM jsonb_object_keys((flavor -> 'extraSpecs') || coalesce(image -> 'properties', '{}')) AS named (key) WHERE key ~ ${sql.lit(TAILORING_KEYS)})`;

/** The demand as rows of a statement. */
export function demandRows(sizing: Sizing, devices: readonly PlacedDevice[] | null = null): RawBuilder<unknown> {
  const taken = takenIn(withDevices(demandOf(sizing), devices));
  const [classes, amounts] = [taken.map(([name]) => name), taken.map(([, amount]) => amount)];
  return sql`SELECT * FROM unnest(${classes}::text[], ${amounts}::int[]) AS demand (resource_class, amount)`;
}

/** The demand and the place on the host, which stays free until the transaction ends; undefined where there is none. */
export async function tailorTo(trx: InCell, host: HostName, sizing: Sizing): Promise<Tailored | undefined> {
  if (!wantedTopology(sizing) && !sizing.flavor.devices?.length) return { demand: demandRows(sizing), numa: null, devices: null };
  const inventories = await trx
    .selectFrom('inventories')
    .select(['resource_class', 'allocation_ratio'])
    .where('host', '=', host)
    .orderBy('resource_class')
    .forNoKeyUpdate()
    .execute();
  // Its own statement, after the lock: it sees what every earlier claim has left.
  const node = await trx.selectFrom('compute_nodes').select(['topology', 'devices']).where('host', '=', host).executeTakeFirst();
  const placed = await trx
    .selectFrom('placements')
    .select(['numa', 'devices'])
    .where('host', '=', host)
    .where((of) => of.or([of('numa', 'is not', null), of('devices', 'is not', null)]))
    .execute();
  const ratioOf = (name: string): number => inventories.find(({ resource_class }) => resource_class === name)?.allocation_ratio ?? 1;
  const place = placeGuest(sizing, {
    topology: node?.topology ?? undefined,
    guests: placed.flatMap(({ numa }) => numa ?? []),
    ratios: { cpu: ratioOf(resourceClass.vcpu), ram: ratioOf(resourceClass.memoryMb) },
    devices: node?.devices ?? [],
    held: new Set(placed.flatMap(({ devices }) => (devices ?? []).map(({ address }) => address))),
  });
  if ('because' in place) return undefined;
  const devices = place.devices.length > 0 ? place.devices : null;
  return { demand: demandRows(sizing, devices), numa: place.numa, devices };
}
