import type { ObservedGuest } from '../../../objects/host-report.ts';
import type { ServerId } from '../../../objects/ids.ts';
import type { PlacementRole } from '../../../objects/placement-role.ts';
import type { PowerState } from '../../../objects/states.ts';

/** What the books say of a server on this host. */
export interface ExpectedServer {
  readonly serverId: ServerId;
  readonly taskState: string | null;
  readonly powerState: PowerState;
  /** What the host is to it; `current` where that is not said. */
  readonly role?: PlacementRole;
}

/** What is to be done so that hypervisor and books agree. */
export interface GuestCorrections {
  /** Guests of servers that are not here, nor come here, nor leave: left over from a host's death or from a delete without the host. */
  readonly orphans: readonly ServerId[];
  /** Guests whose power state the books should follow. */
  readonly power: readonly ObservedGuest[];
}

/**
 * Compares the guests on the hypervisor with the books; both sides may be compared again at any time.
 * The guests must have been listed before the books were asked: a guest is only made after the books know of it,
 * so one that was there before and is not in the books is nobody's. The power state of a server is that of its guest where it is: the guests that a
 * move brings here or leaves here say nothing of it.
 */
export function compareGuests(observed: readonly ObservedGuest[], expected: readonly ExpectedServer[]): GuestCorrections {
  const books = new Map(expected.map((server) => [server.serverId, server]));
  return {
    orphans: observed.filter(({ serverId }) => !books.has(serverId)).map(({ serverId }) => serverId),
    power: observed.filter(({ serverId, powerState }) => {
      const server = books.get(serverId);
      return (
        server !== undefined && (server.role ?? 'current') === 'current' && server.taskState === null && server.powerState !== powerState
      );
    }),
  };
}
