import type { ObservedGuest } from '../../../objects/host-report.ts';
import type { ServerId } from '../../../objects/ids.ts';
import type { PlacementRole } from '../../../objects/placement-role.ts';
import type { PowerState } from '../../../objects/states.ts';

/** What the books record of a server on this host. */
export interface ExpectedServer {
  readonly serverId: ServerId;
  readonly taskState: string | null;
  readonly powerState: PowerState;
  /** The host's role for the server; `current` if absent. */
  readonly role?: PlacementRole;
}

/** Corrections that make hypervisor and books agree. */
export interface GuestCorrections {
  /** Guests of servers that are not placed here and not moving here or away: left over from a host's death or a delete without the host. */
  readonly orphans: readonly ServerId[];
  /** Guests whose power state the books should record. */
  readonly power: readonly ObservedGuest[];
}

/**
 * Compares the guests on the hypervisor with the books; safe to repeat. The guests must have been listed before the books were read: a
 * guest is made only after the books know it, so a listed one that is missing there is an orphan. Only the guest on a server's current host
 * tells its power state; the other guest of a move does not.
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
