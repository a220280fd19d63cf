import { sql } from 'kysely';
import { type Invariant, MAX_BREACHES } from '../invariant.ts';

interface Row {
  subnet_id: string;
  address: string;
  port_id: string;
}

/** A foreign key ensures this, unless rows were written with constraints disabled. */
export const addressesHavePorts: Invariant = {
  name: 'addresses-have-ports',
  sentence: 'An allocated address belongs to a port.',
  isSelfHealing: true,
  find: async (db) => {
    const { rows } = await sql<Row>`
      SELECT held.subnet_id, host(held.ip_address) AS address, held.port_id
      FROM ip_allocations AS held LEFT JOIN ports AS port ON port.id = held.port_id
      WHERE port.id IS NULL ORDER BY held.subnet_id, held.ip_address LIMIT ${MAX_BREACHES}`.execute(db);
    return rows.map(({ subnet_id, address, port_id }) => ({
      subject: `${address} of ${subnet_id}`,
      what: `The address ${address} is allocated to port ${port_id}, which does not exist.`,
      evidence: { address, subnetId: subnet_id, portId: port_id },
      repair: 'Free the address.',
    }));
  },
  repair: {
    lock: (trx, { evidence: { subnetId } }) => sql`SELECT FROM subnets WHERE id::text = ${subnetId} FOR NO KEY UPDATE`.execute(trx),
    apply: (trx, { evidence: { subnetId, address } }) =>
      sql`DELETE FROM ip_allocations WHERE subnet_id::text = ${subnetId} AND host(ip_address) = ${address}`.execute(trx),
  },
};
