import type { CloudDb } from '../../db/sql/queries.ts';
import type { Ids } from '../../lib/clock/ids.ts';
import type { Context } from '../../lib/context/context.ts';
import type { Log } from '../../lib/log/log.ts';
import type { NetworkAgent } from '../../objects/network.ts';
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
  /** Is told the addresses of servers. */
  readonly conductor: Pick<ConductorRpcApi, 'recordAddresses'>;
  readonly log: Log;
  /** The limits of a project without its own. */
  readonly quotaLimits: NetworkLimits;
  /** The network services of hosts, as their heartbeats show them. */
  readonly agents: () => Promise<readonly NetworkAgent[]>;
  /** The availability zone of hosts without one. */
  readonly zone: string;
}

/** The project whose resources the caller sees; null: those of all projects. */
export const sightOf = (ctx: Context): string | null => (ctx.isAdmin ? null : (ctx.projectId ?? ''));

/** The project that will own a new resource: the one named in the request, which policy must allow, or the caller's. */
export const ownerOf = (ctx: Context, projectId: string | undefined): string => projectId ?? ctx.projectId ?? '';
