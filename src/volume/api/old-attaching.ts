import { change } from '../../db/change.ts';
import { deleteAttachmentRow, insertAttachment, updateAttachment } from '../../db/stores/volume/attachments.ts';
import { lockVolume, updateVolume } from '../../db/stores/volume/volumes.ts';
import type { InCloud } from '../../db/sql/queries.ts';
import {
  attachmentCreate,
  attachmentDelete,
  attachmentUpdate,
  volumeAttach,
  volumeDetach,
  volumeReserve,
  volumeUpdate,
} from '../../events/volume.ts';
import type { Event } from '../../events/event-type.ts';
import type { Context } from '../../lib/context/context.ts';
import { invariant } from '../../lib/errors/invariant.ts';
import type { Connection } from '../../objects/volume-connection.ts';
import { type AttachMode, backendOf, type Volume, type VolumeStatus } from '../../objects/volume.ts';
import type { PolicyRule } from '../../policy/rules.ts';
import { modeOf, statusBy } from '../attaching.ts';
import type { VolumeDeps } from '../deps.ts';
import { ConnectionFailed, InvalidVolume, VolumeInputInvalid, VolumeNotFound } from '../errors.ts';
import { allowedVolume, refuseTaking } from './access.ts';
import { frontEndSpecs } from './front-end-specs.ts';

type Connector = Readonly<Record<string, unknown>>;

/** What an attachment is made for. */
export interface OldUse {
  readonly serverId: string | null;
  readonly attachedHost: string | null;
  readonly mountpoint: string;
  readonly mode: AttachMode;
}

type Decided = {
  readonly status: VolumeStatus;
  readonly tell: (volume: Volume) => Event;
  /** The attachment that the change is about, where its caller needs it. */
  readonly attachmentId?: string;
};

const rule = (action: string): PolicyRule => `volume_extension:volume_actions:${action}` as PolicyRule;

/** The older way to attach volumes: states and connections one by one, as clients without attachments do it. */
export class OldAttachingApi {
  readonly #deps: VolumeDeps;

  constructor(deps: VolumeDeps) {
    this.#deps = deps;
  }

  async reserve(ctx: Context, id: string): Promise<void> {
    await this.#switch(ctx, id, 'reserve', async (_trx, volume) => {
      const mayBe = volume.isMultiattach ? ['available', 'in-use'] : ['available'];
      if (!mayBe.includes(volume.status))
        throw InvalidVolume({ because: `Volume status must be ${mayBe.join(' or ')} to reserve, but the status is ${volume.status}.` });
      return { status: 'attaching', tell: volumeReserve };
    });
  }

  async unreserve(ctx: Context, id: string): Promise<void> {
    await this.#switch(ctx, id, 'unreserve', async (_trx, volume) => ({
      status: volume.status === 'attaching' ? statusBy(volume.attachments, 'attaching') : volume.status,
      tell: volumeUpdate,
    }));
  }

  async beginDetaching(ctx: Context, id: string): Promise<void> {
    await this.#switch(ctx, id, 'begin_detaching', async (_trx, volume) => {
      const { status, attachments, migrationStatus } = volume;
      if (status !== 'in-use' || !attachments.some((one) => one.status === 'attached') || migrationStatus === 'migrating')
        throw InvalidVolume({
          because: `Unable to detach volume. Volume status must be 'in-use' and attach_status must be 'attached' to detach.`,
        });
      return { status: 'detaching', tell: volumeUpdate };
    });
  }

  async rollDetaching(ctx: Context, id: string): Promise<void> {
    await this.#switch(ctx, id, 'roll_detaching', async (_trx, { status }) => ({
      status: status === 'detaching' ? 'in-use' : status,
      tell: volumeUpdate,
    }));
  }

  async attach(ctx: Context, id: string, { serverId, attachedHost, mountpoint, mode }: OldUse): Promise<void> {
    const { ids, clock } = this.#deps;
    await this.#switch(ctx, id, 'attach', async (trx, volume, tell) => {
      const mayBe = volume.isMultiattach ? ['available', 'attaching', 'in-use'] : ['available', 'attaching'];
      if (!mayBe.includes(volume.status))
        throw InvalidVolume({ because: `Volume ${id} status must be available or attaching, but is ${volume.status}.` });
      if (volume.isReadOnly && mode === 'rw')
        throw InvalidVolume({ because: `Volume ${id} is read-only and cannot be attached for writing.` });
      const change = {
        server_id: serverId,
        mountpoint,
        status: 'attached' as const,
        mode: modeOf(volume, mode),
        attached_at: clock.now(),
      };
      const mine = volume.attachments.find((one) => one.status === 'attaching' && one.serverId === null);
      const row = { id: ids.uuid(), volume_id: id, project_id: volume.projectId, attached_host: attachedHost };
      const made = mine ? await updateAttachment(trx, mine.id, change) : await insertAttachment(trx, { ...row, ...change });
      if (made) tell(mine ? attachmentUpdate(made) : attachmentCreate(made));
      return { status: 'in-use', tell: volumeAttach };
    });
  }

  /** Gives the volume back; of several attachments the caller names one. */
  async detach(ctx: Context, id: string, attachmentId: string | undefined, { force = false } = {}): Promise<void> {
    const { volume: hosts } = this.#deps;
    const asked = force ? 'volume_extension:volume_admin_actions:force_detach' : rule('detach');
    const volume = await allowedVolume(this.#deps, ctx, id, asked);
    const { attachments } = volume;
    if (attachmentId === undefined && attachments.length > 1)
      throw InvalidVolume({ because: 'Detach volume failed: More than one attachment, but no attachment_id provided.' });
    const wanted = attachmentId === undefined ? attachments[0] : attachments.find((one) => one.id === attachmentId);
    if (!wanted && attachmentId !== undefined)
      throw InvalidVolume({ because: `Unable to detach volume. Volume ${id} has no such attachment.` });
    if (wanted && !force) refuseTaking(ctx, wanted);
    if (wanted && volume.host !== null && wanted.connector !== null)
      await hosts.disconnect(ctx, { host: backendOf(volume.host), volumeId: id, attachmentId: wanted.id });
    await this.#change(ctx, id, 'detach', async (trx, now, tell) => {
      if (wanted) {
        await deleteAttachmentRow(trx, wanted.id);
        tell(attachmentDelete(wanted));
      }
      const left = now.attachments.filter((one) => one.id !== wanted?.id);
      // By force it also leaves an error behind.
      const before = force && now.status.startsWith('error') ? 'in-use' : now.status;
      return { status: statusBy(left, before), tell: volumeDetach };
    });
  }

  /** Connects the volume to the host that the connector describes. */
  async initializeConnection(ctx: Context, id: string, connector: Connector): Promise<Connection> {
    const { db, ids, volume: hosts } = this.#deps;
    const { host, isReadOnly, typeId, sizeGb } = await allowedVolume(this.#deps, ctx, id, rule('initialize_connection'));
    const { host: name } = connector;
    if (typeof name !== 'string') throw VolumeInputInvalid({ because: 'The connector has no host.' });
    if (host === null) throw ConnectionFailed({ volumeId: id });
    const newId = ids.uuid();
    const attachmentId = await this.#change(ctx, id, 'initializeConnection', async (trx, volume, tell) => {
      const change = { connector: JSON.stringify(connector), attached_host: name };
      const known = volume.attachments.find((one) => one.attachedHost === name || one.connector === null);
      if (known) refuseTaking(ctx, known);
      const row = { id: newId, volume_id: id, project_id: volume.projectId, status: 'attaching' as const };
      const made = known ? await updateAttachment(trx, known.id, change) : await insertAttachment(trx, { ...row, ...change });
      if (made) tell(known ? attachmentUpdate(made) : attachmentCreate(made));
      return {
        status: volume.status === 'in-use' ? 'in-use' : statusBy([...volume.attachments, { status: 'attaching' }], volume.status),
        tell: volumeUpdate,
        attachmentId: known?.id ?? newId,
      };
    });
    invariant(attachmentId, 'the change names it');
    const wanted = { attachmentId, volumeId: id, readOnly: isReadOnly === true, connector };
    const connected = await hosts.connect(ctx, { host: backendOf(host), wanted }).catch((cause: unknown) => {
      throw ConnectionFailed({ volumeId: id }, { cause });
    });
    return { ...connected, data: { ...connected.data, ...(await frontEndSpecs(db, { typeId, sizeGb })) } };
  }

  /** Ends the connection to a host; an attachment that nobody completed ends with it. */
  async terminateConnection(ctx: Context, id: string, connector: Connector): Promise<void> {
    const { volume: hosts } = this.#deps;
    const volume = await allowedVolume(this.#deps, ctx, id, rule('terminate_connection'));
    const wanted = volume.attachments.find((one) => one.connector !== null && one.attachedHost === connector['host']);
    if (!wanted || volume.host === null) return;
    refuseTaking(ctx, wanted);
    await hosts.disconnect(ctx, { host: backendOf(volume.host), volumeId: id, attachmentId: wanted.id });
    await this.#change(ctx, id, 'terminateConnection', async (trx, now, tell) => {
      const isOpen = wanted.status === 'attaching';
      if (isOpen) await deleteAttachmentRow(trx, wanted.id);
      else await updateAttachment(trx, wanted.id, { connector: null, connection_info: null });
      tell((isOpen ? attachmentDelete : attachmentUpdate)(wanted));
      const left = isOpen ? now.attachments.filter((one) => one.id !== wanted.id) : now.attachments;
      return { status: statusBy(left, now.status), tell: volumeUpdate };
    });
  }

  async #switch(ctx: Context, id: string, action: string, decide: Decide): Promise<void> {
    await allowedVolume(this.#deps, ctx, id, rule(action));
    await this.#change(ctx, id, action, decide);
  }

  /** Changes the volume and its attachments. @returns the attachment that was named, also to a retried request */
  async #change(ctx: Context, id: string, what: string, decide: Decide): Promise<string | null> {
    return await change(ctx, { db: this.#deps.db, what: `volume.${what} ${id}` }, async ({ trx, tell }) => {
      const volume = await lockVolume(trx, id);
      if (!volume) throw VolumeNotFound({ id });
      const decided = await decide(trx, volume, tell);
      const after = await updateVolume(trx, id, { status: decided.status });
      if (after) tell(decided.tell(after));
      return decided.attachmentId ?? null;
    });
  }
}

type Decide = (trx: InCloud, volume: Volume, tell: (event: Event) => void) => Promise<Decided>;
