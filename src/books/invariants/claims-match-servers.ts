import { sql } from 'kysely';
import { bookClaim, demandOfRow, releaseClaim } from '../../db/stores/hosts/claims.ts';
import { lockServer } from '../../db/stores/servers/servers.ts';
import { demandOf } from '../../objects/flavor.ts';
import { asId, type HostName } from '../../objects/ids.ts';
import { type Breach, type Invariant, MAX_BREACHES } from '../invariant.ts';
import { isUnderWay } from '../under-way.ts';

interface Row {
  id: string;
  vm_state: string;
  host: string | null;
  claimed_on: string | null;
  claimed: string | null;
  wanted: string;
}

const sizes = (of: string) =>
  sql`${sql.ref(`${of}.vcpus`)} || ' vcpus, ' || ${sql.ref(`${of}.memory_mb`)} || ' MB, ' || ${sql.ref(`${of}.local_gb`)} || ' GB'`;

/** A claim and its server's host are written together, so whoever sees one sees the other. */
export const claimsMatchServers: Invariant = {
  name: 'claims-match-servers',
  sentence: 'A server claims its size on the host where it is, and nothing anywhere else.',
  isSelfHealing: false,
  find: async (db) => {
    const { rows } = await sql<Row>`
      SELECT server.id, server.vm_state, server.host, claim.host AS claimed_on, ${sizes('claim')} AS claimed, ${sizes('wanted')} AS wanted
      FROM servers AS server LEFT JOIN claims AS claim ON claim.server_id = server.id CROSS JOIN LATERAL (${demandOfRow}) AS wanted
      WHERE server.vm_state <> 'deleted' AND NOT ${isUnderWay} AND (server.host IS DISTINCT FROM claim.host
        OR (claim.vcpus, claim.memory_mb, claim.local_gb) <> (wanted.vcpus, wanted.memory_mb, wanted.local_gb))
      ORDER BY server.number LIMIT ${MAX_BREACHES}`.execute(db);
    return rows.map(breachOf);
  },
  repair: {
    // Whoever claims for a server locks its row first.
    lock: (trx, { subject }) => lockServer(trx, subject),
    mend: async (trx, { subject }) => {
      const server = await lockServer(trx, subject);
      if (!server) return;
      await releaseClaim(trx, server.id);
      if (server.host) await bookClaim(trx, { serverId: server.id, host: asId<HostName>(server.host), demand: demandOf(server.flavor) });
    },
  },
};

const breachOf = ({ id, vm_state, host, claimed_on, claimed, wanted: size }: Row): Breach => ({
  subject: id,
  what:
    claimed_on === null
      ? `Server ${id} is on ${host} and claims nothing there.`
      : claimed_on === host
        ? `Server ${id} claims another size than its flavor's.`
        : `Server ${id} is ${host === null ? 'on no host' : `on ${host}`} and has a claim on ${claimed_on}.`,
  evidence: { vmState: vm_state, host, claimedOn: claimed_on, claimed, size },
  repair: host === null ? 'Release the claim.' : `Claim its size on ${host}, even where that is more than there is: the server is there.`,
});
