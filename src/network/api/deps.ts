import type { CloudDb } from '../../db/sql/queries.ts';
import type { Ids } from '../../lib/clock/ids.ts';
import type { Context } from '../../lib/context/context.ts';
import type { Log } from '../../lib/log/log.ts';
import type { Policy } from '../../policy/policy.ts';
import type { NetworkLimits } from '../books/quota.ts';
import type { ConductorRpcApi } from '../../conductor/rpcapi.ts';
import type { NetworkRpcApi } from '../rpcapi.ts';

/** What the parts of the network api need. */
export interface NetworkApiDeps {
  readonly db: CloudDb;
  readonly ids: Ids;
  readonly policy: Policy;
  readonly network: Pick<NetworkRpcApi, 'refresh'>;
  /** Hears which addresses servers have. */
  readonly conductor: Pick<ConductorRpcApi, 'recordAddresses'>;
  readonly log: Log;
  /** What a project may have for which nothing else was set. */
  readonly quotaLimits: NetworkLimits;
  /** The availability zone of hosts that are in no other. */
  readonly zone: string;
}

/** Whose things the caller sees: a project's, or (null) everybody's. */
export const sightOf = (ctx: Context): string | null => (ctx.isAdmin ? null : (ctx.projectId ?? ''));

/** To whom something new belongs: to the caller's project unless another one is named, which policy then is asked about. */
export const ownerOf = (ctx: Context, projectId: string | undefined): string => projectId ?? ctx.projectId ?? '';
