import type { Context } from '../../lib/context/context.ts';
import { messageOf } from '../../lib/errors/error-type.ts';
import type { Log } from '../../lib/log/log.ts';
import type { Concern, NetworkRpcApi } from '../rpcapi.ts';

/**
 * Tells the hosts, after a commit, to compare themselves with the books; `only` spares those that have nothing of it. Hosts that miss it
 * catch up when they next reconcile.
 */
export const tellHosts = (
  { network, log }: { readonly network: Pick<NetworkRpcApi, 'refresh'>; readonly log: Log },
  ctx: Context,
  only?: Partial<Concern>,
): Promise<void> =>
  network
    .refresh(ctx, only ? { only: { networkIds: [], groupIds: [], ...only } } : {})
    .catch((error: unknown) => log.warn({ error: messageOf(error) }, 'hosts could not be notified of a change'));
