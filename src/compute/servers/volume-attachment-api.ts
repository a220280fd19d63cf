import type { Clock } from '../../lib/clock/clock.ts';
import type { Context } from '../../lib/context/context.ts';
import { NovaError } from '../../lib/errors/error-type.ts';
import { CALL_TIMEOUT_MS } from '../../lib/rpc/limits.ts';
import { outcomeOf } from '../../lib/workflow/outcome.ts';
import { findServer } from '../../db/stores/servers/cached-servers.ts';
import { changeServer } from '../../db/stores/servers/servers.ts';
import type { Server } from '../../objects/server.ts';
import type { ServerVolume } from '../../objects/server-volume.ts';
import { lifecycle } from '../../operations/lifecycle.ts';
import { attachVolumeRef, detachVolumeRef, type VolumeWork } from '../../operations/workflows.ts';
import type { Policy } from '../../policy/policy.ts';
import type { ServerVolumes } from '../../volume/server-volumes.ts';
import { type Begun, begin, type BeginDeps } from './begin-work.ts';
import { changeRecord } from './change-record.ts';
import {
  AttachmentFieldImmutable,
  MultiattachTooOld,
  RootVolumeKept,
  VolumeAlreadyAttached,
  VolumeAttachFailed,
  VolumeNotAttached,
  VolumeNotMigrating,
} from './errors.ts';
import { visibleServer } from './find-server.ts';
import { checkMayBegin, hostOf } from './may-begin.ts';
import { nextDevice } from './volume-device.ts';

export interface VolumeAttachmentDeps extends BeginDeps {
  readonly policy: Policy;
  readonly volumes: Pick<ServerVolumes, 'check'>;
  readonly clock: Clock;
}

/** A volume that a caller wants a server to have. Where the guest finds it is not the caller's choice. */
export interface WantedVolume {
  readonly volumeId: string;
  readonly tag: string | null;
  readonly isDeletedWithServer: boolean;
  /** Whether the caller knows that a volume may be attached to several servers. */
  readonly mayBeShared: boolean;
}

/** What a caller says of an attachment that it changes; only whether the volume is deleted with its server can be changed. */
export interface AttachmentChange {
  readonly isDeletedWithServer?: boolean | undefined;
  /** Fields that must be as they are. */
  readonly expected: Readonly<Partial<Record<'id' | 'serverId' | 'device' | 'tag', string | null | undefined>>>;
}

/** A volume of a server, with the server. */
export type ShownVolume = ServerVolume & { readonly serverId: string };

/** The volumes of servers: shows, attaches and detaches them. */
export class VolumeAttachmentApi {
  readonly #deps: VolumeAttachmentDeps;

  constructor(deps: VolumeAttachmentDeps) {
    this.#deps = deps;
  }

  /** A page of them, in the order of their attachment. */
  async list(
    ctx: Context,
    id: string,
    { offset, limit }: { readonly offset: number; readonly limit: number },
  ): Promise<readonly ShownVolume[]> {
    const server = await visibleServer(this.#deps, ctx, { id, rule: 'os_compute_api:os-volumes-attachments:index' });
    return server.volumes.slice(offset, offset + limit).map((volume) => ({ ...volume, serverId: server.id }));
  }

  async show(ctx: Context, id: string, volumeId: string): Promise<ShownVolume> {
    const server = await visibleServer(this.#deps, ctx, { id, rule: 'os_compute_api:os-volumes-attachments:show' });
    return { ...volumeOf(server, volumeId), serverId: server.id };
  }

  /** Resolves when the guest has the volume. */
  async attach(ctx: Context, id: string, wanted: WantedVolume): Promise<ShownVolume> {
    const { server, workflowId } = await this.beginAttaching(ctx, id, wanted);
    await this.#untilAttached(wanted.volumeId, workflowId);
    const now = (await findServer(this.#deps.db, server.id)) ?? server;
    return { ...volumeOf(now, wanted.volumeId), serverId: server.id };
  }

  /** Resolves when the work has begun. */
  async beginAttaching(ctx: Context, id: string, wanted: WantedVolume): Promise<Begun> {
    const { ids, volumes } = this.#deps;
    const rule = 'os_compute_api:os-volumes-attachments:create';
    const server = await visibleServer(this.#deps, ctx, { id, rule, evenDeleted: ctx.resumed === true });
    const volumeId = wanted.volumeId.toLowerCase();
    const added = { id: ids.uuid(), volumeId, attachmentId: ids.uuid(), tag: wanted.tag, isDeletedWithServer: wanted.isDeletedWithServer };
    return await begin<VolumeWork>(this.#deps, ctx, server.id, {
      transition: 'attachVolume',
      action: 'attach_volume',
      workflow: attachVolumeRef,
      prepare: async () => {
        checkMayBegin(ctx, server, lifecycle.attachVolume, 'attach_volume');
        refuseTwice(server, volumeId);
        const { isMultiattach } = await volumes.check(ctx, { volumeId, serverId: server.id });
        if (isMultiattach && !wanted.mayBeShared) throw MultiattachTooOld({});
      },
      inputOf: async (locked, trx) => {
        refuseTwice(locked, volumeId);
        const volume: ServerVolume = { ...added, device: nextDevice(locked) };
        // Listed from now on, so that whatever becomes of the server finds it.
        await changeServer(trx, locked.id, { volumes: JSON.stringify([...locked.volumes, volume]) });
        return workOn(locked, volume);
      },
    });
  }

  /** Begins to take the volume from the server; it is gone from it a little later. */
  async detach(ctx: Context, id: string, volumeId: string): Promise<void> {
    const rule = 'os_compute_api:os-volumes-attachments:delete';
    const server = await visibleServer(this.#deps, ctx, { id, rule, evenDeleted: ctx.resumed === true });
    await begin<VolumeWork>(this.#deps, ctx, server.id, {
      transition: 'detachVolume',
      action: 'detach_volume',
      workflow: detachVolumeRef,
      prepare: async () => {
        checkMayBegin(ctx, server, lifecycle.detachVolume, 'detach_volume');
        detachable(server, volumeId);
      },
      inputOf: (locked) => workOn(locked, detachable(locked, volumeId)),
    });
  }

  /** Changes whether the volume is deleted with the server. */
  async update(ctx: Context, id: string, volumeId: string, { isDeletedWithServer, expected }: AttachmentChange): Promise<void> {
    await changeRecord(this.#deps, ctx, id, {
      rule: 'os_compute_api:os-volumes-attachments:update',
      name: 'updateVolumeAttachment',
      row: lifecycle.updateVolumeAttachment,
      words: 'update_volume_attachment',
      change: (locked) => {
        const now = volumeOf(locked, volumeId);
        checkImmutable({ id: now.volumeId, serverId: locked.id, device: now.device, tag: now.tag }, expected);
        if (isDeletedWithServer === undefined || isDeletedWithServer === now.isDeletedWithServer) return {};
        return { volumes: JSON.stringify(locked.volumes.map((one) => (one.id === now.id ? { ...one, isDeletedWithServer } : one))) };
      },
    });
  }

  /** Another volume takes the place of one only while the volume service migrates it, which this cloud's never does. */
  async swap(ctx: Context, id: string, volumeId: string): Promise<never> {
    const server = await visibleServer(this.#deps, ctx, { id, rule: 'os_compute_api:os-volumes-attachments:swap' });
    volumeOf(server, volumeId);
    throw VolumeNotMigrating({ volumeId });
  }

  /** Resolves when the workflow has attached the volume. */
  async #untilAttached(volumeId: string, workflowId: string): Promise<void> {
    const { db, clock } = this.#deps;
    await outcomeOf<VolumeWork>(db, workflowId, { clock, timeoutMs: CALL_TIMEOUT_MS }).catch((error: unknown) => {
      const isForCaller = error instanceof NovaError && error.kind !== 'internal';
      throw isForCaller ? error : VolumeAttachFailed({ volumeId }, { cause: error });
    });
  }
}

const workOn = (server: Server, { volumeId, attachmentId, device }: ServerVolume): VolumeWork => ({
  serverId: server.id,
  host: server.vmState === 'shelved_offloaded' ? null : hostOf(server),
  volume: { volumeId, attachmentId, device },
});

function volumeOf({ id, volumes }: Server, volumeId: string): ServerVolume {
  const volume = volumes.find((one) => one.volumeId === volumeId.toLowerCase());
  if (!volume) throw VolumeNotAttached({ id, volumeId });
  return volume;
}

/** A volume that the server can do without. */
function detachable(server: Server, volumeId: string): ServerVolume {
  const volume = volumeOf(server, volumeId);
  if (volume.bootIndex === 0) throw RootVolumeKept({});
  return volume;
}

function refuseTwice({ id, volumes }: Server, volumeId: string): void {
  if (volumes.some((one) => one.volumeId === volumeId)) throw VolumeAlreadyAttached({ id, volumeId });
}

function checkImmutable(now: Readonly<Record<string, string | null>>, expected: AttachmentChange['expected']): void {
  for (const [field, given] of Object.entries(expected))
    if (given !== undefined && given !== now[field]) throw AttachmentFieldImmutable({ field, given: String(given) });
}
