import { change } from '../../db/change.ts';
import { countListing } from '../../db/stores/volume/listing.ts';
import {
  type BackupChange,
  findBackup,
  lockBackup,
  recordsOfData,
  selectBackups,
  toBackup,
  updateBackup,
} from '../../db/stores/volume/backups.ts';
import type { Event } from '../../events/event-type.ts';
import { backupDelete, backupResetStatus, backupUpdate } from '../../events/volume-backups.ts';
import type { Context } from '../../lib/context/context.ts';
import type { BackupStatus, VolumeBackup } from '../../objects/volume-backup.ts';
import type { AskedListing } from '../../objects/volume-listing.ts';
import type { PolicyRule } from '../../policy/rules.ts';
import { BackupNotFound, InvalidBackup } from '../backup-errors.ts';
import type { VolumeDeps } from '../deps.ts';
import { mayBeginOnBackup } from '../lifecycle.ts';
import { deleteBackupRef } from '../workflows/refs.ts';
import { allowedListing, type CountedPage, listedRows } from './listing.ts';

/** What an owner may change of a backup. */
export interface BackupTexts {
  readonly name?: string | null;
  readonly description?: string | null;
  readonly metadata?: Readonly<Record<string, string>>;
}

type Deps = Pick<VolumeDeps, 'db' | 'policy'>;

/** The backup, if the caller may see it and do this with it. */
export async function allowedBackup({ db, policy }: Deps, ctx: Context, id: string, rule: PolicyRule): Promise<VolumeBackup> {
  const backup = await findBackup(db, id);
  if (!backup || !policy.may(ctx, 'backup:get', { project_id: backup.projectId })) throw BackupNotFound({ id });
  policy.check(ctx, rule, { project_id: backup.projectId });
  return backup;
}

/** Backups: listed, changed and deleted. */
export class BackupsApi {
  readonly #deps: VolumeDeps;

  constructor(deps: VolumeDeps) {
    this.#deps = deps;
  }

  async show(ctx: Context, id: string): Promise<VolumeBackup> {
    return await allowedBackup(this.#deps, ctx, id, 'backup:get');
  }

  async list(ctx: Context, asked: AskedListing, { withCount = false } = {}): Promise<CountedPage<VolumeBackup>> {
    const { db, policy } = this.#deps;
    policy.check(ctx, 'backup:get_all');
    const listing = allowedListing(ctx, asked);
    const rows = await listedRows(db, selectBackups(db), 'volume_backups', listing);
    return { items: rows.map(toBackup), ...(withCount ? { count: await countListing(db, 'volume_backups', listing) } : {}) };
  }

  async update(ctx: Context, id: string, { metadata, ...texts }: BackupTexts): Promise<VolumeBackup> {
    await allowedBackup(this.#deps, ctx, id, 'backup:update');
    await this.#edit(ctx, id, { ...texts, ...(metadata ? { metadata: JSON.stringify(metadata) } : {}) }, backupUpdate);
    return await this.show(ctx, id);
  }

  /** Sets the state, as an administrator says. Work under way goes on, but no longer changes the backup. */
  async setStatus(ctx: Context, id: string, status: BackupStatus): Promise<void> {
    await allowedBackup(this.#deps, ctx, id, 'volume_extension:backup_admin_actions:reset_status');
    await this.#edit(ctx, id, { status, workflow_id: null }, backupResetStatus);
  }

  async delete(ctx: Context, id: string, { force = false } = {}): Promise<void> {
    const { db, ids, conductor } = this.#deps;
    await allowedBackup(this.#deps, ctx, id, force ? 'volume_extension:backup_admin_actions:force_delete' : 'backup:delete');
    const workflowId = ids.uuid();
    await change(ctx, { db, what: `backup.delete ${id}` }, async ({ trx, tell }) => {
      const known = await findBackup(trx, id);
      if (!known) throw BackupNotFound({ id });
      // Of several that are deleted at once, the last one takes the data.
      const keepsData = (await recordsOfData(trx, known)).some((other) => other !== id);
      const backup = await lockBackup(trx, id);
      if (!backup) throw BackupNotFound({ id });
      mayBeginOnBackup(force ? 'forceDelete' : 'delete', backup);
      if (backup.hasDependents) throw InvalidBackup({ because: 'Incremental backups exist for this backup.' });
      const going = await updateBackup(trx, id, { status: 'deleting', workflow_id: workflowId });
      const input = { backupId: id, keepsData };
      await conductor.write(trx, deleteBackupRef, { id: workflowId, subject: id, ctx, input, supersedes: true });
      if (going) tell(backupDelete.start(going));
    });
    conductor.announce(ctx, workflowId);
  }

  async #edit(ctx: Context, id: string, changes: BackupChange, told: (backup: VolumeBackup) => Event): Promise<void> {
    await change(ctx, { db: this.#deps.db, what: `backup.edit ${id}` }, async ({ trx, tell }) => {
      if (!(await lockBackup(trx, id))) throw BackupNotFound({ id });
      const after = await updateBackup(trx, id, changes);
      if (after) tell(told(after));
    });
  }
}
