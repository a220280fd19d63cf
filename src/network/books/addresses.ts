/** Tells compute which addresses its servers have: the books remember of which servers it has yet to hear, so that nothing is lost. */
import type { ConductorRpcApi } from '../../conductor/rpcapi.ts';
import { transaction } from '../../db/sql/retry.ts';
import type { CloudDb } from '../../db/sql/queries.ts';
import { findNetworks } from '../../db/stores/network/networks.ts';
import { portsOfServer } from '../../db/stores/network/ports.ts';
import { addressVersionOf, markTold, untoldServers } from '../../db/stores/network/server-networking.ts';
import { type Context, serviceContext } from '../../lib/context/context.ts';
import type { Ids } from '../../lib/clock/ids.ts';
import { messageOf } from '../../lib/errors/error-type.ts';
import type { Log } from '../../lib/log/log.ts';
import type { ServerId } from '../../objects/ids.ts';
import type { Network, Port } from '../../objects/network.ts';
import type { NetworkInfo, ServerAddresses } from '../../objects/network-info.ts';

export interface AddressTellerDeps {
  readonly db: CloudDb;
  readonly conductor: Pick<ConductorRpcApi, 'recordAddresses'>;
  readonly log: Log;
}

/** Servers that one look tells of at most; the next look tells of the rest. */
const MAX_TOLD_AT_ONCE = 100;

/** Tells of one server. While no conductor answers, the books remember that it is still to be told (`tellUntold`). */
export async function tellAddresses({ db, conductor, log }: AddressTellerDeps, ctx: Context, serverId: ServerId): Promise<void> {
  try {
    const { networkInfo, version } = await addressesOf(db, serverId);
    await conductor.recordAddresses(ctx, { serverId, networkInfo, version });
    await markTold(db, serverId, version);
  } catch (error) {
    log.warn(
      { serverId, error: messageOf(error) },
      'the addresses of a server could not be told to a conductor; this is tried again later',
    );
  }
}

/** Tells of all servers that compute has yet to hear of: their teller died, or found no conductor. */
export const tellUntold = (deps: AddressTellerDeps & { readonly ids: Ids }) => async (): Promise<void> => {
  const ctx = serviceContext(`req-${deps.ids.uuid()}`);
  for (const serverId of await untoldServers(deps.db, MAX_TOLD_AT_ONCE)) await tellAddresses(deps, ctx, serverId);
};

/** Ports and their version, of one moment. */
const addressesOf = (db: CloudDb, serverId: ServerId): Promise<ServerAddresses> =>
  transaction(
    db,
    async (trx) => ({
      version: await addressVersionOf(trx, serverId),
      networkInfo: await networkInfoOf(trx, await portsOfServer(trx, serverId)),
    }),
    { isolation: 'repeatable read' },
  );

/** A port as far as its server keeps it. */
export type KeptPort = Pick<Port, 'id' | 'networkId' | 'macAddress' | 'fixedIps'>;

/** What a server keeps of its ports; those of their networks that are not `known` are looked up. */
export async function networkInfoOf(db: CloudDb, ports: readonly KeptPort[], known: readonly Network[] = []): Promise<NetworkInfo> {
  const unknown = ports.map(({ networkId }) => networkId).filter((id) => !known.some((network) => network.id === id));
  const networks = [...known, ...(await findNetworks(db, [...new Set(unknown)], null))];
  return ports.map(({ id, networkId, macAddress, fixedIps }) => {
    const network = networks.find((one) => one.id === networkId);
    return {
      portId: id,
      networkId,
      networkName: network?.name ?? '',
      macAddress,
      mtu: network?.mtu ?? 0,
      fixedIps: fixedIps.map((fixedIp) => ({ ...fixedIp, version: fixedIp.ipAddress.includes(':') ? (6 as const) : (4 as const) })),
    };
  });
}
