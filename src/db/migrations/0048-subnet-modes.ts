import { type Kysely, sql } from 'kysely';

const MODES = sql`('slaac', 'dhcpv6-stateful', 'dhcpv6-stateless')`;

/** How guests get IPv6 addresses on a subnet, which devices a subnet is for, and DHCP options of single ports. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    ALTER TABLE subnets
      ADD COLUMN ipv6_ra_mode text CHECK (ipv6_ra_mode IN ${MODES}),
      ADD COLUMN ipv6_address_mode text CHECK (ipv6_address_mode IN ${MODES}),
      ADD COLUMN service_types text[] NOT NULL DEFAULT '{}'`.execute(db);
  await sql`ALTER TABLE ports ADD COLUMN extra_dhcp_options jsonb NOT NULL DEFAULT '[]'`.execute(db);
}
