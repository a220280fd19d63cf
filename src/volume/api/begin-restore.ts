import { lockBackup, updateBackup } from '../../db/stores/volume/backups.ts';
import type { InCloud } from '../../db/sql/queries.ts';
import type { Event } from '../../events/event-type.ts';
import { backupRestore } from '../../events/volume-backups.ts';
import type { Context } from '../../lib/context/context.ts';
import { BackupNotFound } from '../backup-errors.ts';
import type { VolumeDeps } from '../deps.ts';
import { backupTransition, mayBeginOnBackup } from '../lifecycle.ts';
import { type RestoreBackup, restoreBackupRef } from '../workflows/refs.ts';

interface Begun {
  readonly workflowId: string;
  readonly input: RestoreBackup;
}

/** Holds a backup, and writes the workflow that gives a locked volume its data. */
export async function beginRestore(
  { conductor }: Pick<VolumeDeps, 'conductor'>,
  ctx: Context,
  { trx, tell }: { readonly trx: InCloud; readonly tell: (event: Event) => void },
  { workflowId, input }: Begun,
): Promise<void> {
  const { backupId, volumeId } = input;
  const backup = await lockBackup(trx, backupId);
  if (!backup) throw BackupNotFound({ id: backupId });
  mayBeginOnBackup('restore', backup);
  const held = await updateBackup(trx, backupId, { status: backupTransition('restore').doing, workflow_id: workflowId });
  await conductor.write(trx, restoreBackupRef, { id: workflowId, subject: volumeId, ctx, input });
  if (held) tell(backupRestore.start(held));
}
