import type { Context } from '../lib/context/context.ts';
import { messageOf } from '../lib/errors/error-type.ts';
import type { Log } from '../lib/log/log.ts';
import type { NetworkRpcApi } from './rpcapi.ts';

/** Tells the hosts to look at the books, after a commit. Hosts that miss it find out when they next look at everything. */
export const tellHosts = (
  { network, log }: { readonly network: Pick<NetworkRpcApi, 'refresh'>; readonly log: Log },
  ctx: Context,
  changed: Parameters<NetworkRpcApi['refresh']>[1] = {},
): Promise<void> =>
  network.refresh(ctx, changed).catch((error: unknown) => log.warn({ error: messageOf(error) }, 'hosts could not be told of a change'));
