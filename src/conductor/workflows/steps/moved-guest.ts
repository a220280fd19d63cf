import { placeOfGuest } from '../../../db/stores/hosts/guest-places.ts';
import { guestName } from '../../../objects/guest-name.ts';
import type { MovedGuest } from '../../../objects/guest-spec.ts';
import type { Flavor } from '../../../objects/flavor.ts';
import type { GuestVolume } from '../../../objects/guest-volume.ts';
import type { HostName } from '../../../objects/ids.ts';
import type { Vif } from '../../../objects/network-info.ts';
import type { Server } from '../../../objects/server.ts';
import type { WorkflowDeps } from '../deps.ts';

interface Moving {
  readonly flavor: Flavor;
  readonly vifs: readonly Vif[];
  /** The host that it comes to. */
  readonly host: HostName;
  /** Its volumes as they are connected there; none if absent. */
  readonly volumes?: readonly GuestVolume[] | undefined;
}

/** What a host needs to know of a guest that brings its data along. */
export async function movedGuestOf(
  { db }: Pick<WorkflowDeps, 'db'>,
  server: Server,
  { flavor, vifs, host, volumes }: Moving,
): Promise<MovedGuest> {
  const { id: serverId, image } = server;
  const place = await placeOfGuest(db, { serverId, host, flavor, image });
  return {
    serverId,
    name: guestName(server),
    displayName: server.name,
    hostname: server.hostname,
    projectId: server.projectId,
    userId: server.userId,
    flavor,
    image,
    vifs: [...vifs],
    ...place,
    ...(volumes && { volumes: [...volumes] }),
  };
}
