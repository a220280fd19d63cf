import type { MarshalledError } from '../../../lib/errors/marshal.ts';
import type { HostName } from '../../../objects/ids.ts';
import { GroupHostsTaken, HostsTaken } from '../../errors.ts';
import { isHostFailure } from './host-failure.ts';

/** Whether another host may do what failed on this one, or where others were faster. */
export const mayRetryMove = (
  { failure, claim, attemptNumber }: { failure: MarshalledError; claim?: { host: HostName }; attemptNumber: number },
  maxAttempts: number,
): boolean =>
  attemptNumber < maxAttempts &&
  (failure.code === HostsTaken.code || failure.code === GroupHostsTaken.code || (claim !== undefined && isHostFailure(failure)));
