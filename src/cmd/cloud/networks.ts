import { clientOf } from '../../lib/rpc/client.ts';
import { NetworkApi } from '../../network/api.ts';
import { networkRpc } from '../../network/rpcapi.ts';
import type { Policy } from '../../policy/policy.ts';
import type { Shared } from './shared.ts';

/** The network service, as REST and compute call it. */
export const openNetworks = ({ db, bus, runtime: { ids, log } }: Shared, policy: Policy): NetworkApi =>
  new NetworkApi({ db, ids, log, policy, network: clientOf(networkRpc, bus) });
