import { placeOfGuest } from '../../db/stores/hosts/guest-places.ts';
import type { CellDb } from '../../db/sql/queries.ts';
import type { Context } from '../../lib/context/context.ts';
import { hardwareOf } from '../../objects/hardware/hardware.ts';
import type { GuestPlacement } from '../../objects/numa/guest-placement.ts';
import type { Policy } from '../../policy/policy.ts';
import { visibleServer } from './find-server.ts';

/** The nodes, CPUs and pages that a guest has. */
export interface ServerTopology {
  /** Undefined for a guest that takes any, or has no host. */
  readonly placement: GuestPlacement | undefined;
  /** The threads of a core, as the guest sees them. */
  readonly threads: number;
  /** Whether the caller may know where they are on the host. */
  readonly showsHost: boolean;
}

interface Deps {
  readonly db: CellDb;
  readonly policy: Policy;
}

/** Tells the topology of servers. */
export class TopologyApi {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  async show(ctx: Context, id: string): Promise<ServerTopology> {
    const { db, policy } = this.#deps;
    const { id: serverId, host, flavor, image } = await visibleServer(this.#deps, ctx, { id, rule: 'compute:server:topology:index' });
    const { numa: placement } = await placeOfGuest(db, { serverId, host, flavor, image });
    const showsHost = policy.may(ctx, 'compute:server:topology:host:index');
    if (!placement) return { placement, threads: 1, showsHost };
    const { topology } = hardwareOf({ flavor, properties: image?.properties ?? {} });
    return { placement, threads: topology?.threads ?? Math.max(...placement.nodes.map((node) => node.threads)), showsHost };
  }
}
