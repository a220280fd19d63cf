import { sql } from 'kysely';
import { appendEvents } from '../../db/stores/cloud/events.ts';
import { lockVolume, updateVolume } from '../../db/stores/volume/volumes.ts';
import { volumeResetStatus } from '../../events/volume.ts';
import { serviceContext } from '../../lib/context/context.ts';
import { type Invariant, MAX_BREACHES } from '../invariant.ts';

/** The offer and the state are written and removed together. */
export const offeredVolumesWait: Invariant = {
  name: 'offered-volumes-wait',
  sentence: 'A volume that awaits its transfer is offered to somebody.',
  isSelfHealing: true,
  find: async (db) => {
    const { rows } = await sql<{ id: string }>`
      SELECT id FROM volumes AS volume
      WHERE status = 'awaiting-transfer' AND NOT EXISTS (SELECT FROM volume_transfers WHERE volume_id = volume.id)
      ORDER BY id LIMIT ${MAX_BREACHES}`.execute(db);
    return rows.map(({ id }) => ({
      subject: id,
      what: `Volume ${id} awaits a transfer that there is not.`,
      evidence: { status: 'awaiting-transfer' },
      repair: 'Make it available.',
    }));
  },
  repair: {
    lock: (trx, { subject }) => lockVolume(trx, subject),
    apply: async (trx, { subject }, requestId) => {
      const settled = await updateVolume(trx, subject, { status: 'available' });
      if (settled) await appendEvents(trx, serviceContext(requestId), [volumeResetStatus(settled)]);
    },
  },
};
