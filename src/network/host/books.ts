import { transaction } from '../../db/sql/retry.ts';
import { findNetworks, subnetsOf } from '../../db/stores/network/networks.ts';
import { portsOnHost } from '../../db/stores/network/port-bindings.ts';
import { memberAddresses, rulesOf } from '../../db/stores/network/security-groups.ts';
import type { CloudDb } from '../../db/sql/queries.ts';
import type { HostName } from '../../objects/ids.ts';
import type { Port } from '../../objects/network.ts';
import type { HostBooks } from './networking.ts';

/** Reads what the books say of one host, in one snapshot. */
export const readHostBooks = (db: CloudDb, host: HostName): Promise<HostBooks> =>
  transaction(db, async (trx) => await booksOf(trx, await portsOnHost(trx, host)), { isolation: 'repeatable read' });

/** Reads the networks, subnets, rules and group members that some ports need. If they change meanwhile, the host gets another refresh. */
export async function booksOf(db: CloudDb, ports: readonly Port[]): Promise<HostBooks> {
  const networkIds = [...new Set(ports.map(({ networkId }) => networkId))];
  const groupIds = [...new Set(ports.flatMap(({ securityGroupIds }) => securityGroupIds))];
  const [networks, subnets, { rules, members }] = await Promise.all([
    findNetworks(db, networkIds, null),
    subnetsOf(db, networkIds),
    rulesWithMembers(db, groupIds),
  ]);
  return { ports, networks, subnets, rules, members };
}

async function rulesWithMembers(db: CloudDb, groupIds: readonly string[]): Promise<Pick<HostBooks, 'rules' | 'members'>> {
  const rules = await rulesOf(db, groupIds);
  const remoteGroups = rules.flatMap(({ remoteGroupId }) => (remoteGroupId === null ? [] : [remoteGroupId]));
  return { rules, members: await memberAddresses(db, [...new Set(remoteGroups)]) };
}
