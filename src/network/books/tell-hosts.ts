import type { Context } from '../../lib/context/context.ts';
import { messageOf } from '../../lib/errors/error-type.ts';
import type { Log } from '../../lib/log/log.ts';
import type { NetworkRpcApi } from '../rpcapi.ts';

/** Tells the hosts to look at the books, after a commit: what changed they find there, and compare. Hosts that miss it find out when they next look at everything. */
export const tellHosts = (
  { network, log }: { readonly network: Pick<NetworkRpcApi, 'refresh'>; readonly log: Log },
  ctx: Context,
): Promise<void> =>
  network.refresh(ctx, {}).catch((error: unknown) => log.warn({ error: messageOf(error) }, 'hosts could not be told of a change'));
