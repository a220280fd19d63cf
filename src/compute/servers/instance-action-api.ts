import type { CellDb } from '../../db/sql/queries.ts';
import { type ActionEvent, eventsOfAction } from '../../db/stores/servers/action-events.ts';
import { type ActionQuery, findAction, type InstanceAction, listActions } from '../../db/stores/servers/instance-actions.ts';
import type { Context } from '../../lib/context/context.ts';
import type { Server } from '../../objects/server.ts';
import type { Policy } from '../../policy/policy.ts';
import { MarkerNotFound } from '../errors.ts';
import { ActionNotFound } from './errors.ts';
import { visibleServer } from './find-server.ts';

export type { ActionEvent } from '../../db/stores/servers/action-events.ts';
export type { InstanceAction } from '../../db/stores/servers/instance-actions.ts';

/** An action with its steps, and its server. */
export interface ActionInFull {
  readonly action: InstanceAction;
  readonly events: readonly ActionEvent[];
  readonly server: Server;
}

interface Asked {
  readonly serverId: string;
  readonly evenDeleted: boolean;
}

/** The history of a server's actions, with the steps of each. */
export class InstanceActionApi {
  readonly #deps: { readonly db: CellDb; readonly policy: Policy };

  constructor(deps: { readonly db: CellDb; readonly policy: Policy }) {
    this.#deps = deps;
  }

  /** A page of a server's actions, newest first. */
  async list(ctx: Context, { serverId: id, evenDeleted }: Asked, query: Omit<ActionQuery, 'serverId'>): Promise<readonly InstanceAction[]> {
    const { id: serverId } = await visibleServer(this.#deps, ctx, { id, evenDeleted, rule: 'os_compute_api:os-instance-actions:list' });
    const actions = await listActions(this.#deps.db, { ...query, serverId });
    if (!actions) throw MarkerNotFound({ marker: query.marker ?? '' });
    return actions;
  }

  /** The action of a request. */
  async show(ctx: Context, { serverId: id, evenDeleted }: Asked, requestId: string): Promise<ActionInFull> {
    const server = await visibleServer(this.#deps, ctx, { id, evenDeleted, rule: 'os_compute_api:os-instance-actions:show' });
    const action = await findAction(this.#deps.db, { serverId: server.id, requestId });
    if (!action) throw ActionNotFound({ id: requestId });
    return { action, server, events: await eventsOfAction(this.#deps.db, { serverId: server.id, requestId }) };
  }
}
