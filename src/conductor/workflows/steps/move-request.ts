import type { MarshalledError } from '../../../lib/errors/marshal.ts';
import type { Flavor } from '../../../objects/flavor.ts';
import type { HostName } from '../../../objects/ids.ts';
import type { Server } from '../../../objects/server.ts';
import type { RequestSpec } from '../../../scheduler/request.ts';
import { GroupHostsTaken, HostsTaken } from '../../errors.ts';
import { isHostFailure } from './host-failure.ts';

/** What a move asks of the scheduler. */
interface Wanted {
  readonly flavor: Flavor;
  readonly requestedHost: HostName | null;
  readonly excludedHosts: readonly HostName[];
}

/** The request for a server's next host. */
export const moveRequest = (server: Server, { flavor, requestedHost, excludedHosts }: Wanted): RequestSpec => ({
  serverId: server.id,
  projectId: server.projectId,
  flavor,
  image: server.image,
  zone: server.requestedZone,
  hints: { ...server.schedulerHints },
  excludedHosts: [...excludedHosts],
  requestedHost,
});

/** Whether another host may do what failed on this one, or where others were faster. */
export const mayRetryMove = (
  { failure, claim, attemptNumber }: { failure: MarshalledError; claim?: { host: HostName }; attemptNumber: number },
  maxAttempts: number,
): boolean =>
  attemptNumber < maxAttempts &&
  (failure.code === HostsTaken.code || failure.code === GroupHostsTaken.code || (claim !== undefined && isHostFailure(failure)));
