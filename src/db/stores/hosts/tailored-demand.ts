/**
 * What a server takes of a host where more than the sizes of its flavor decides: dedicated CPUs, nodes, pages, amounts that the flavor
 * names. Which CPUs and nodes it gets is decided at the claim, under the locks of the host's inventories, so no two servers get the same.
 */
import { type RawBuilder, sql } from 'kysely';
import { demandOf, type Sizing, TAILORING_KEYS, takenIn } from '../../../objects/demand.ts';
import type { HostName } from '../../../objects/ids.ts';
import { fit } from '../../../objects/numa/fit.ts';
import type { GuestPlacement } from '../../../objects/numa/guest-placement.ts';
import { wantedTopology } from '../../../objects/numa/wanted-topology.ts';
import { resourceClass } from '../../../objects/resources.ts';
import type { InCell } from '../../sql/queries.ts';

/** What a placement records. */
export interface Tailored {
  /** Rows of class and amount. */
  readonly demand: RawBuilder<unknown>;
  readonly numa: GuestPlacement | null;
}

/** Whether the server in a row is such a one; `isTailored` is the same for records. */
export const isTailoredRow = sql<boolean>`EXISTS (
  SELECT FROM jsonb_object_keys((flavor -> 'extraSpecs') || coalesce(image -> 'properties', '{}')) AS named (key) WHERE key ~ ${sql.lit(TAILORING_KEYS)})`;

/** The demand as rows of a statement. */
export function demandRows(sizing: Sizing): RawBuilder<unknown> {
  const taken = takenIn(demandOf(sizing));
  const [classes, amounts] = [taken.map(([name]) => name), taken.map(([, amount]) => amount)];
  return sql`SELECT * FROM unnest(${classes}::text[], ${amounts}::int[]) AS demand (resource_class, amount)`;
}

/** The demand and the place on the host, which stays free until the transaction ends; undefined where there is none. */
export async function tailorTo(trx: InCell, host: HostName, sizing: Sizing): Promise<Tailored | undefined> {
  const demand = demandRows(sizing);
  const wanted = wantedTopology(sizing);
  if (!wanted) return { demand, numa: null };
  const inventories = await trx
    .selectFrom('inventories')
    .select(['resource_class', 'allocation_ratio'])
    .where('host', '=', host)
    .orderBy('resource_class')
    .forNoKeyUpdate()
    .execute();
  // Its own statement, after the lock: it sees what every earlier claim has left.
  const node = await trx.selectFrom('compute_nodes').select('topology').where('host', '=', host).executeTakeFirst();
  const guests = await trx.selectFrom('placements').select('numa').where('host', '=', host).where('numa', 'is not', null).execute();
  const ratioOf = (name: string): number => inventories.find(({ resource_class }) => resource_class === name)?.allocation_ratio ?? 1;
  const outcome = fit(wanted, {
    topology: node?.topology ?? undefined,
    guests: guests.flatMap(({ numa }) => numa ?? []),
    ratios: { cpu: ratioOf(resourceClass.vcpu), ram: ratioOf(resourceClass.memoryMb) },
  });
  return 'placement' in outcome ? { demand, numa: outcome.placement } : undefined;
}
