import { change } from '../../db/change.ts';
import {
  type AttachmentChange,
  attachmentsHeld,
  deleteAttachmentRow,
  findAttachment,
  insertAttachment,
  updateAttachment,
} from '../../db/stores/volume/attachments.ts';
import type { AskedListing } from '../../objects/volume-listing.ts';
import { findVolume, lockVolume, toAttachment, updateVolume } from '../../db/stores/volume/volumes.ts';
import type { InCloud } from '../../db/sql/queries.ts';
import { attachmentCreate, attachmentDelete, attachmentUpdate, volumeAttach, volumeDetach, volumeReserve } from '../../events/volume.ts';
import type { Event } from '../../events/event-type.ts';
import type { Context } from '../../lib/context/context.ts';
import { invariant } from '../../lib/errors/invariant.ts';
import { NoSuchHost } from '../../lib/rpc/messaging-errors.ts';
import type { Connection } from '../../objects/volume-connection.ts';
import type { AttachMode, Volume, VolumeAttachment } from '../../objects/volume.ts';
import { backendOf } from '../../objects/volume.ts';
import type { PolicyRule } from '../../policy/rules.ts';
import { mayConnect, mayReserve, modeOf, statusBy } from '../attaching.ts';
import type { VolumeDeps } from '../deps.ts';
import { allowedListing, listedRows } from './listing.ts';
import { AttachmentNotFound, ConnectionFailed, InvalidVolume, VolumeNotFound } from '../errors.ts';
import { allowedVolume, refuseTaking } from './access.ts';
import { frontEndSpecs } from './front-end-specs.ts';

/** What an attachment is before it is connected. */
const unconnected = {
  status: 'reserved',
  connector: null,
  connection_info: null,
  attached_host: null,
  mountpoint: null,
  attached_at: null,
} as const;

type Connector = Readonly<Record<string, unknown>>;

/** An attachment to make. */
export interface NewAttachment {
  /** Chosen by whoever must be able to ask again; an attachment of this id is left as it is. */
  readonly id?: string;
  readonly volumeId: string;
  readonly serverId: string | null;
  /** If given, the volume is connected at once. */
  readonly connector: Connector | null;
  readonly mode: AttachMode | null;
  /** Who alone may connect it and give the volume back; its owner if absent. */
  readonly heldBy?: string;
}

/** How servers and hosts take volumes, use them and give them back. */
export class AttachmentsApi {
  readonly #deps: VolumeDeps;

  constructor(deps: VolumeDeps) {
    this.#deps = deps;
  }

  /** Reserves a volume, so that nobody else takes it; with a connector it is connected as well. */
  async create(ctx: Context, { id: chosen, volumeId, serverId, connector, mode, heldBy }: NewAttachment): Promise<VolumeAttachment> {
    const { db, ids } = this.#deps;
    await allowedVolume(this.#deps, ctx, volumeId, 'volume:attachment_create');
    const id = chosen ?? ids.uuid();
    const made = await change(ctx, { db, what: 'attachment.create' }, async ({ trx, tell }) => {
      const volume = await lockVolume(trx, volumeId);
      if (!volume) throw VolumeNotFound({ id: volumeId });
      if (chosen !== undefined && (await findAttachment(trx, chosen))) return chosen;
      if (volume.status.includes('error')) throw InvalidVolume({ because: `Volume ${volumeId} status is ${volume.status}.` });
      mayReserve(volume, serverId);
      if (volume.isBootable && volume.isMultiattach && volume.attachments.length > 0)
        this.#deps.policy.check(ctx, 'volume:multiattach_bootable_volume', { project_id: volume.projectId });
      const attachment = await insertAttachment(trx, {
        id,
        volume_id: volumeId,
        project_id: volume.projectId,
        server_id: serverId,
        status: 'reserved',
        mode: modeOf(volume, mode),
        held_by: heldBy ?? null,
      });
      tell(attachmentCreate(attachment));
      // Of a volume in use the state stays: only what is attached for good may end it.
      await this.#follow(trx, volumeId, { tell: (after) => tell(volumeReserve(after)), keep: volume.status === 'in-use' });
      return attachment.id;
    });
    if (connector !== null) return await this.connect(ctx, made, connector);
    return await this.show(ctx, made);
  }

  /** Connects the volume to the host that the connector describes. */
  async connect(ctx: Context, id: string, connector: Connector, mode?: AttachMode): Promise<VolumeAttachment> {
    const { db } = this.#deps;
    await this.#allowed(ctx, id, 'volume:attachment_update');
    const before = await this.#change(ctx, `attachment.connect ${id}`, id, (volume, attachment) => {
      refuseTaking(ctx, attachment);
      mayConnect(volume, attachment);
      return {
        connector: JSON.stringify(connector),
        attached_host: textIn(connector, 'host'),
        mountpoint: textIn(connector, 'mountpoint') ?? attachment.mountpoint,
        mode: modeOf(volume, mode ?? attachment.mode ?? 'rw'),
        // A guest that has the volume keeps it while its connection is asked for again.
        status: attachment.status === 'attached' ? 'attached' : 'attaching',
      };
    });
    const volume = await findVolume(db, before.volumeId);
    if (!volume) throw VolumeNotFound({ id: before.volumeId });
    const connected = await this.#connectOnHost(ctx, volume, before);
    const limits = await frontEndSpecs(db, volume);
    const info = { ...connected.data, ...limits, driver_volume_type: connected.type, attachment_id: id };
    return await this.#change(ctx, `attachment.connected ${id}`, id, () => ({ connection_info: JSON.stringify(info) }));
  }

  /** The guest has the volume by the connection that it was last given. */
  async complete(ctx: Context, id: string): Promise<void> {
    const { db, clock } = this.#deps;
    const attachment = await this.#allowed(ctx, id, 'volume:attachment_complete');
    const volume = attachment.connector === null ? undefined : await findVolume(db, attachment.volumeId);
    if (volume) await this.#settleOnHost(ctx, volume, id);
    if (attachment.status === 'attached') return;
    await this.#change(
      ctx,
      `attachment.complete ${id}`,
      id,
      (_volume, { mode }) => ({ status: 'attached', mode: mode ?? 'rw', attached_at: clock.now() }),
      volumeAttach,
    );
  }

  /**
   * Ends the connection and keeps the volume reserved: nobody else gets it, and it can be connected to another host. With `forCertain` this
   * fails while the storage host is away, which may still serve the connection.
   */
  async disconnect(ctx: Context, id: string, { forCertain = false } = {}): Promise<void> {
    const { db } = this.#deps;
    const attachment = await this.#allowed(ctx, id, 'volume:attachment_update');
    const volume = await findVolume(db, attachment.volumeId);
    if (volume && attachment.connector !== null) await this.#disconnectOnHost(ctx, volume, id, { forCertain });
    await change(ctx, { db, what: `attachment.disconnect ${id}` }, async ({ trx, tell }) => {
      if (!(await lockVolume(trx, attachment.volumeId))) return;
      const changed = await updateAttachment(trx, id, unconnected);
      if (!changed) return;
      tell(attachmentUpdate(changed));
      await this.#follow(trx, attachment.volumeId, { tell: (after) => tell(volumeReserve(after)) });
    });
  }

  /** Ends the connection and forgets the attachment. @returns those that the volume still has */
  async delete(ctx: Context, id: string): Promise<readonly VolumeAttachment[]> {
    const { db } = this.#deps;
    const attachment = await this.#allowed(ctx, id, 'volume:attachment_delete');
    refuseTaking(ctx, attachment);
    const volume = await findVolume(db, attachment.volumeId);
    if (volume && attachment.connector !== null) await this.#disconnectOnHost(ctx, volume, id);
    await change(ctx, { db, what: `attachment.delete ${id}` }, async ({ trx, tell }) => {
      if (!(await lockVolume(trx, attachment.volumeId))) return;
      const now = await findAttachment(trx, id);
      if (!now) return;
      await deleteAttachmentRow(trx, id);
      tell(attachmentDelete(now));
      await this.#follow(trx, attachment.volumeId, { tell: (after) => tell(volumeDetach(after)) });
    });
    return (await findVolume(db, attachment.volumeId))?.attachments ?? [];
  }

  async show(ctx: Context, id: string): Promise<VolumeAttachment> {
    return await this.#allowed(ctx, id, 'volume:get');
  }

  async list(ctx: Context, asked: AskedListing): Promise<readonly VolumeAttachment[]> {
    const { db, policy } = this.#deps;
    policy.check(ctx, 'volume:get_all');
    const listing = allowedListing(ctx, asked);
    const rows = await listedRows(db, db.selectFrom('volume_attachments').selectAll(), 'volume_attachments', listing);
    return rows.map(toAttachment);
  }

  /** Those that a service holds for a server. */
  async heldFor(ctx: Context, serverId: string, heldBy: string): Promise<readonly VolumeAttachment[]> {
    const { db, policy } = this.#deps;
    return (await attachmentsHeld(db, { serverId, heldBy })).filter(({ projectId }) =>
      policy.may(ctx, 'volume:get', { project_id: projectId }),
    );
  }

  async #connectOnHost(ctx: Context, { id: volumeId, host }: Volume, { id, connector, mode }: VolumeAttachment): Promise<Connection> {
    const { db, volume } = this.#deps;
    if (host === null || connector === null) throw ConnectionFailed({ volumeId });
    try {
      const wanted = { attachmentId: id, volumeId, readOnly: mode === 'ro', connector };
      return await volume.connect(ctx, { host: backendOf(host), wanted });
    } catch (cause) {
      await change(ctx, { db, what: `attachment.failed ${id}` }, async ({ trx }) => {
        await updateAttachment(trx, id, { status: 'error_attaching' });
      });
      throw ConnectionFailed({ volumeId }, { cause });
    }
  }

  async #settleOnHost(ctx: Context, { id: volumeId, host }: Volume, attachmentId: string): Promise<void> {
    if (host === null) return;
    try {
      await this.#deps.volume.settle(ctx, { host: backendOf(host), volumeId, attachmentId });
    } catch (error) {
      // What is offered too long does no harm.
      if (!NoSuchHost.is(error)) throw error;
    }
  }

  async #disconnectOnHost(ctx: Context, { id: volumeId, host }: Volume, attachmentId: string, { forCertain = false } = {}): Promise<void> {
    if (host === null) return;
    try {
      await this.#deps.volume.disconnect(ctx, { host: backendOf(host), volumeId, attachmentId });
    } catch (error) {
      // A storage host that is away compares its connections with the books when it is back.
      if (forCertain || !NoSuchHost.is(error)) throw error;
    }
  }

  async #allowed(ctx: Context, id: string, rule: PolicyRule): Promise<VolumeAttachment> {
    const { db, policy } = this.#deps;
    const attachment = await findAttachment(db, id);
    if (!attachment || !policy.may(ctx, 'volume:get', { project_id: attachment.projectId })) throw AttachmentNotFound({ id });
    policy.check(ctx, rule, { project_id: attachment.projectId });
    return attachment;
  }

  /** Changes an attachment under the lock of its volume, whose state follows. */
  async #change(
    ctx: Context,
    what: string,
    id: string,
    decide: (volume: Volume, attachment: VolumeAttachment) => AttachmentChange,
    told?: (volume: Volume) => Event,
  ): Promise<VolumeAttachment> {
    const { db } = this.#deps;
    await change(ctx, { db, what }, async ({ trx, tell }) => {
      const known = await findAttachment(trx, id);
      const volume = known && (await lockVolume(trx, known.volumeId));
      const attachment = volume?.attachments.find((one) => one.id === id);
      if (!volume || !attachment) throw AttachmentNotFound({ id });
      const changed = await updateAttachment(trx, id, decide(volume, attachment));
      invariant(changed, 'the volume is locked');
      tell(attachmentUpdate(changed));
      await this.#follow(trx, volume.id, { tell: (after) => told && tell(told(after)), keep: volume.status === 'in-use' });
    });
    const after = await findAttachment(db, id);
    if (!after) throw AttachmentNotFound({ id });
    return after;
  }

  /** Gives a locked volume the state that its attachments make. */
  async #follow(
    trx: InCloud,
    volumeId: string,
    { tell, keep = false }: { readonly tell: (volume: Volume) => void; readonly keep?: boolean },
  ): Promise<void> {
    const volume = await findVolume(trx, volumeId);
    if (!volume) return;
    const status = keep ? volume.status : statusBy(volume.attachments, volume.status);
    const after = status === volume.status ? volume : await updateVolume(trx, volumeId, { status });
    if (after) tell(after);
  }
}

const textIn = (connector: Connector, key: string): string | null => {
  const value = connector[key];
  return typeof value === 'string' ? value : null;
};
