import { sql } from 'kysely';
import { heldByCompute } from '../../objects/server-volume.ts';
import { type Invariant, MAX_BREACHES } from '../invariant.ts';
import { isLive } from '../under-way.ts';

interface Row {
  server: string;
  volume: string;
  listed: boolean;
  held: boolean;
}

/** Workflows keep both in step; who took an attachment away by other means must say what becomes of the volume. */
export const serversHoldTheirVolumes: Invariant = {
  name: 'servers-hold-their-volumes',
  sentence: 'A server without a task lists the volumes that are attached to it, and no others.',
  isSelfHealing: false,
  find: async (db) => {
    const { rows } = await sql<Row>`
      SELECT coalesce(listing.server, holding.server) AS server, coalesce(listing.volume, holding.volume) AS volume,
        listing.server IS NOT NULL AS listed, holding.server IS NOT NULL AS held
      FROM (SELECT servers.id::text AS server, one ->> 'volumeId' AS volume, one ->> 'attachmentId' AS attachment
          FROM servers, jsonb_array_elements(volumes) AS one) AS listing
        FULL JOIN (SELECT id::text AS attachment, server_id::text AS server, volume_id::text AS volume, held_by AS holder
          FROM volume_attachments) AS holding USING (attachment)
      WHERE (holding.server IS NULL OR (listing.server IS NULL AND holding.holder = ${heldByCompute}))
        AND NOT EXISTS (SELECT FROM workflows WHERE subject = coalesce(listing.server, holding.server) AND ${isLive})
      ORDER BY 1, 2 LIMIT ${MAX_BREACHES}`.execute(db);
    return rows.map(({ server, volume, listed, held }) => ({
      subject: server,
      what: listed
        ? `Server ${server} lists volume ${volume}, which is not attached to it.`
        : `Volume ${volume} is attached to server ${server}, which does not list it.`,
      evidence: { volume, listed, held },
      repair: listed ? 'Detach the volume from the server.' : 'Have an administrator force the volume to be detached.',
    }));
  },
};
