import { sql } from 'kysely';
import { appendEvents } from '../../db/stores/cloud/events.ts';
import { lockVolume, updateVolume } from '../../db/stores/volume/volumes.ts';
import { volumeResetStatus } from '../../events/volume.ts';
import { serviceContext } from '../../lib/context/context.ts';
import type { VolumeStatus } from '../../objects/volume.ts';
import { type Breach, type Invariant, MAX_BREACHES } from '../invariant.ts';
import { isLive } from '../under-way.ts';

interface Row {
  id: string;
  status: VolumeStatus;
  previous_status: VolumeStatus | null;
  workflow_id: string;
}

/** The state of work is written with the workflow that ends it, which releases the volume. */
export const volumesAreHeld: Invariant = {
  name: 'volumes-are-held',
  sentence: 'A volume with work in progress is held by a workflow that has not ended.',
  isSelfHealing: true,
  find: async (db) => {
    const { rows } = await sql<Row>`
      SELECT id, status, previous_status, workflow_id FROM volumes AS volume
      WHERE workflow_id IS NOT NULL AND NOT EXISTS (SELECT FROM workflows WHERE id = volume.workflow_id AND ${isLive})
      ORDER BY id LIMIT ${MAX_BREACHES}`.execute(db);
    return rows.map(breachOf);
  },
  repair: {
    lock: (trx, { subject }) => lockVolume(trx, subject),
    apply: async (trx, { subject, evidence }, requestId) => {
      const status = settledStatus(evidence['status'] as VolumeStatus, evidence['previousStatus'] as VolumeStatus | null);
      const settled = await updateVolume(trx, subject, { status, previous_status: null, wanted_size_gb: null, workflow_id: null });
      if (settled) await appendEvents(trx, serviceContext(requestId), [volumeResetStatus(settled)]);
    },
  },
};

/** Reading a volume leaves it as it was; of anything else the outcome is unknown, and its owner can look, or delete it. */
function settledStatus(status: VolumeStatus, before: VolumeStatus | null): VolumeStatus {
  if (status === 'uploading' || status === 'backing-up') return before ?? 'available';
  return status === 'restoring-backup' ? 'error_restoring' : 'error';
}

const breachOf = ({ id, status, previous_status, workflow_id }: Row): Breach => ({
  subject: id,
  what: `Volume ${id} is ${status}, but no workflow will end that.`,
  evidence: { status, previousStatus: previous_status, workflowId: workflow_id },
  repair: `Make it ${settledStatus(status, previous_status)}, for its owner to use or delete.`,
});
