import { guestName } from '../../../objects/guest-name.ts';
import type { MovedGuest } from '../../../objects/guest-spec.ts';
import type { Flavor } from '../../../objects/flavor.ts';
import type { Vif } from '../../../objects/network-info.ts';
import type { Server } from '../../../objects/server.ts';

/** What a host needs to know of a guest that brings its data along. */
export const movedGuestOf = (server: Server, flavor: Flavor, vifs: readonly Vif[]): MovedGuest => ({
  serverId: server.id,
  name: guestName(server),
  displayName: server.name,
  hostname: server.hostname,
  projectId: server.projectId,
  userId: server.userId,
  flavor,
  image: server.image,
  vifs: [...vifs],
});
