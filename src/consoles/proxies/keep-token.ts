import type { Clock } from '../../lib/clock/clock.ts';
import type { Ids } from '../../lib/clock/ids.ts';
import { serviceContext } from '../../lib/context/context.ts';
import type { ConsoleRpcApi } from '../rpcapi.ts';

interface Keeping {
  readonly consoles: Pick<ConsoleRpcApi, 'prolongConsole'>;
  readonly clock: Clock;
  readonly ids: Ids;
}

/** The soonest that a token is prolonged again. */
const MIN_WAIT_MS = 1_000;

/**
 * Keeps the token of a connected viewer good until the session is over, so that the viewer may come again within the token's lifetime after it
 * was cut off. Gives up when the token is revoked; while nobody answers it tries again.
 */
export async function keepToken(
  { consoles, clock, ids }: Keeping,
  { token, secret, expiresAt }: { readonly token: string; readonly secret: string; readonly expiresAt: Date },
  over: AbortSignal,
): Promise<void> {
  const waited = (until: Date) => clock.sleep(Math.max(MIN_WAIT_MS, (until.getTime() - clock.now().getTime()) / 2), over);
  try {
    for (let until = expiresAt; until > clock.now(); ) {
      await waited(until);
      const prolonged = await consoles
        .prolongConsole(serviceContext(`req-${ids.uuid()}`), { token, secret })
        .catch((): undefined => undefined);
      if (prolonged === null) return;
      if (prolonged !== undefined) until = new Date(prolonged);
    }
  } catch {
    // The session is over.
  }
}
