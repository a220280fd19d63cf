/** How workflows read and settle the backups that they hold, and where the data of backups is. */
import { change } from '../../db/change.ts';
import { type BackupChange, deleteBackupRow, findBackup, lockBackup, updateBackup } from '../../db/stores/volume/backups.ts';
import { listPools } from '../../db/stores/volume/pools.ts';
import type { Event } from '../../events/event-type.ts';
import type { MarshalledError } from '../../lib/errors/marshal.ts';
import type { StepContext } from '../../lib/workflow/step.ts';
import type { VolumeBackup } from '../../objects/volume-backup.ts';
import { BackupNotFound, BackupServiceMissing } from '../backup-errors.ts';
import { type BackupAct, backupTransition } from '../lifecycle.ts';
import type { VolumeWorkflowDeps } from './deps.ts';

/** The backup that the workflow holds; throws once another one does. */
export async function heldBackup({ db }: VolumeWorkflowDeps, id: string, { workflowId }: StepContext): Promise<VolumeBackup> {
  const backup = await findBackup(db, id);
  if (backup?.workflowId !== workflowId) throw BackupNotFound({ id });
  return backup;
}

/** A host that is up and can reach a store; undefined if there is none. */
export async function findHostOfStore({ db, group }: VolumeWorkflowDeps, storeId: string): Promise<string | undefined> {
  for (const { host, backupStore } of await listPools(db))
    if (backupStore === storeId && (await group.isUp({ binary: 'cinder-volume', host }))) return host;
  return undefined;
}

/** Throws if there is none. */
export async function hostOfStore(deps: VolumeWorkflowDeps, storeId: string): Promise<string> {
  const host = await findHostOfStore(deps, storeId);
  if (host === undefined) throw BackupServiceMissing({});
  return host;
}

interface SettledBackup {
  readonly backupId: string;
  readonly act: BackupAct;
  readonly isFailed?: boolean;
  readonly more?: BackupChange;
  readonly tell: (backup: VolumeBackup) => Event;
}

/** Gives the backup the state that follows the act, and releases it; deletes it where nothing follows. */
export async function settleBackup(
  { db }: VolumeWorkflowDeps,
  w: StepContext,
  { backupId, act, isFailed = false, more, tell }: SettledBackup,
): Promise<void> {
  const { to, onFailure } = backupTransition(act);
  await change(w.ctx, { db, what: `backup.settle ${w.workflowId}` }, async ({ trx, tell: note }) => {
    const backup = await lockBackup(trx, backupId);
    if (backup?.workflowId !== w.workflowId) return;
    const next = isFailed ? onFailure : to;
    if (next === undefined || next === 'before') {
      await deleteBackupRow(trx, backupId);
      note(tell(backup));
      return;
    }
    const settled = await updateBackup(trx, backupId, { ...more, status: next, workflow_id: null });
    if (settled) note(tell(settled));
  });
}

/** Why work failed, for the owner: the text of an error that nobody declared may name files and hosts. */
export const reasonOf = (failure: MarshalledError): string =>
  failure.kind === 'internal' ? 'An unexpected error happened.' : failure.message;
