import { change } from '../../db/change.ts';
import type { AskedListing } from '../../objects/volume-listing.ts';
import { deleteMessage, findMessage, toMessage, type VolumeMessage } from '../../db/stores/volume/messages.ts';
import { volumeMessageDelete } from '../../events/volume.ts';
import type { Context } from '../../lib/context/context.ts';
import type { PolicyRule } from '../../policy/rules.ts';
import type { VolumeDeps } from '../deps.ts';
import { allowedListing, listedRows } from './listing.ts';
import { MessageNotFound } from '../errors.ts';

export type { VolumeMessage };

/** What owners are told about work that failed in the background. */
export class VolumeMessagesApi {
  readonly #deps: VolumeDeps;

  constructor(deps: VolumeDeps) {
    this.#deps = deps;
  }

  async list(ctx: Context, asked: AskedListing): Promise<readonly VolumeMessage[]> {
    const { db, policy } = this.#deps;
    policy.check(ctx, 'message:get_all');
    const listing = allowedListing(ctx, asked);
    const rows = await listedRows(db, db.selectFrom('volume_messages').selectAll(), 'volume_messages', listing);
    return rows.map(toMessage);
  }

  async show(ctx: Context, id: string): Promise<VolumeMessage> {
    return await this.#allowed(ctx, id, 'message:get');
  }

  async delete(ctx: Context, id: string): Promise<void> {
    await this.#allowed(ctx, id, 'message:delete');
    await change(ctx, { db: this.#deps.db, what: `volumeMessage.delete ${id}` }, async ({ trx, tell }) => {
      const message = await findMessage(trx, id);
      if (!message) throw MessageNotFound({ id });
      await deleteMessage(trx, id);
      tell(volumeMessageDelete(message));
    });
  }

  async #allowed(ctx: Context, id: string, rule: PolicyRule): Promise<VolumeMessage> {
    const { db, policy } = this.#deps;
    const message = await findMessage(db, id);
    if (!message || !policy.may(ctx, 'message:get', { project_id: message.projectId })) throw MessageNotFound({ id });
    policy.check(ctx, rule, { project_id: message.projectId });
    return message;
  }
}
