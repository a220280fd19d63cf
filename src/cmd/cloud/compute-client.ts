import { type ComputeRpcApi, computeRpc } from '../../compute/rpcapi.ts';
import { contractOfHost } from '../../db/stores/hosts/host-contract.ts';
import { clientOf } from '../../lib/rpc/client.ts';
import { FIRST_NUMBER } from '../../lib/rpc/contract.ts';
import { asId, type HostName } from '../../objects/ids.ts';
import type { Shared } from './shared.ts';

/** A client of the compute hosts that sends each host only messages of the contract that it reported. */
export const computeClient = ({ db, bus }: Pick<Shared, 'db' | 'bus'>): ComputeRpcApi =>
  clientOf(computeRpc, bus, { spokenBy: async (host) => (await contractOfHost(db, asId<HostName>(host))) ?? FIRST_NUMBER });
