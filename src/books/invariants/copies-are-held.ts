import { sql } from 'kysely';
import { appendEvents } from '../../db/stores/cloud/events.ts';
import { lockBackup, updateBackup } from '../../db/stores/volume/backups.ts';
import { lockSnapshot, updateSnapshot } from '../../db/stores/volume/snapshots.ts';
import { backupResetStatus } from '../../events/volume-backups.ts';
import { snapshotResetStatus } from '../../events/volume.ts';
import { serviceContext } from '../../lib/context/context.ts';
import type { BackupStatus } from '../../objects/volume-backup.ts';
import type { SnapshotStatus } from '../../objects/volume.ts';
import { type Breach, type Invariant, MAX_BREACHES } from '../invariant.ts';
import { isLive } from '../under-way.ts';

interface Row<Status> {
  id: string;
  status: Status;
  workflow_id: string;
}

/** Snapshots are worked on as volumes are. */
export const snapshotsAreHeld: Invariant = {
  name: 'snapshots-are-held',
  sentence: 'A snapshot with work in progress is held by a workflow that has not ended.',
  isSelfHealing: true,
  find: async (db) => {
    const { rows } = await sql<Row<SnapshotStatus>>`
      SELECT id, status, workflow_id FROM volume_snapshots AS snapshot
      WHERE workflow_id IS NOT NULL AND NOT EXISTS (SELECT FROM workflows WHERE id = snapshot.workflow_id AND ${isLive})
      ORDER BY id LIMIT ${MAX_BREACHES}`.execute(db);
    return rows.map((row) => breachOf('Snapshot', row));
  },
  repair: {
    lock: (trx, { subject }) => lockSnapshot(trx, subject),
    apply: async (trx, { subject, evidence }, requestId) => {
      const status = settledStatus(evidence['status'] as SnapshotStatus);
      const settled = await updateSnapshot(trx, subject, { status, workflow_id: null });
      if (settled) await appendEvents(trx, serviceContext(requestId), [snapshotResetStatus(settled)]);
    },
  },
};

/** So are backups. */
export const backupsAreHeld: Invariant = {
  name: 'backups-are-held',
  sentence: 'A backup with work in progress is held by a workflow that has not ended.',
  isSelfHealing: true,
  find: async (db) => {
    const { rows } = await sql<Row<BackupStatus>>`
      SELECT id, status, workflow_id FROM volume_backups AS backup
      WHERE workflow_id IS NOT NULL AND NOT EXISTS (SELECT FROM workflows WHERE id = backup.workflow_id AND ${isLive})
      ORDER BY id LIMIT ${MAX_BREACHES}`.execute(db);
    return rows.map((row) => breachOf('Backup', row));
  },
  repair: {
    lock: (trx, { subject }) => lockBackup(trx, subject),
    apply: async (trx, { subject, evidence }, requestId) => {
      const status = settledStatus(evidence['status'] as BackupStatus);
      const settled = await updateBackup(trx, subject, { status, workflow_id: null });
      if (settled) await appendEvents(trx, serviceContext(requestId), [backupResetStatus(settled)]);
    },
  },
};

/** Reading it leaves it as it was; of anything else the outcome is unknown, and its owner can look, or delete it. */
const settledStatus = (status: string): 'available' | 'error' =>
  status === 'restoring' || status === 'backing-up' ? 'available' : 'error';

const breachOf = (what: string, { id, status, workflow_id }: Row<string>): Breach => ({
  subject: id,
  what: `${what} ${id} is ${status}, but no workflow will end that.`,
  evidence: { status, workflowId: workflow_id },
  repair: `Make it ${settledStatus(status)}, for its owner to use or delete.`,
});
