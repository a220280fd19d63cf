/** Whether the availability zone that an aggregate gives to hosts may change. */
import type { ZonedHost } from '../../db/stores/hosts/aggregates.ts';

/** The zone that the aggregate gives to the hosts before and after; null for none. */
interface ZoneChange {
  readonly from: string | null;
  readonly to: string | null;
}

/** Why not, in Nova's words; undefined when it may. A host is in one zone, and no server changes its zone by itself. */
export function whyZonesStay(hosts: readonly ZonedHost[], { from, to }: ZoneChange): string | undefined {
  if (to === '') return 'Aggregate does not support empty named availability zone';
  const others = [...new Set(hosts.flatMap(({ otherZones }) => otherZones.filter((zone) => zone !== to)))];
  if (to !== null && others.length > 0)
    return `One or more hosts already in availability zone(s) [${others.map((zone) => `'${zone}'`).join(', ')}]`;
  const moves = ({ ownZone, otherZones: [other] }: ZonedHost) => (other ?? from ?? ownZone) !== (other ?? to ?? ownZone);
  return hosts.some((host) => host.hasServers && moves(host)) ? 'One or more hosts contain instances in this zone' : undefined;
}
