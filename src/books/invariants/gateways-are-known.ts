import { sql } from 'kysely';
import { type Invariant, MAX_BREACHES } from '../invariant.ts';

interface Row {
  id: string;
  cidr: string;
  said: boolean;
}

/** Hosts read from the subnet whether the gateway's address is theirs: two gateways would answer, or none. */
export const gatewaysAreKnown: Invariant = {
  name: 'gateways-are-known',
  sentence: 'A subnet says whether a router has the address of its gateway.',
  isSelfHealing: false,
  find: async (db) => {
    const { rows } = await sql<Row>`
      SELECT subnet.id, subnet.cidr::text AS cidr, subnet.is_routed AS said FROM subnets AS subnet
      WHERE subnet.is_routed <> EXISTS (
        SELECT FROM ip_allocations AS held JOIN ports ON ports.id = held.port_id AND ports.router_part = 'interface'
        WHERE held.subnet_id = subnet.id AND held.ip_address = subnet.gateway_ip)
      ORDER BY subnet.number LIMIT ${MAX_BREACHES}`.execute(db);
    return rows.map(({ id, cidr, said }) => ({
      subject: id,
      what: `The subnet ${cidr} says that a router ${said ? 'has' : 'has not'} the address of its gateway, which is wrong.`,
      evidence: { cidr, said },
      repair: 'By hand: remove the interface of the router, if there is one, and add it again.',
    }));
  },
};
