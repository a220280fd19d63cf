import { type AskMany, batched } from '../../db/sql/batch-queries.ts';
import { transaction } from '../../db/sql/retry.ts';
import { findNetworks, subnetsOf } from '../../db/stores/network/networks.ts';
import { portsOnHost } from '../../db/stores/network/port-bindings.ts';
import { floatingIpsOnHost } from '../../db/stores/network/floating-targets.ts';
import { forwardingsOnHost } from '../../db/stores/network/port-forwardings.ts';
import { portsElsewhere, tunnelAddressOf } from '../../db/stores/network/network-hosts.ts';
import { findQosPolicies } from '../../db/stores/network/qos.ts';
import { routersReachedFrom } from '../../db/stores/network/routers.ts';
import { memberAddresses, rulesOf } from '../../db/stores/network/security-groups.ts';
import type { CloudDb } from '../../db/sql/queries.ts';
import type { HostName } from '../../objects/ids.ts';
import { legsOf, type Port } from '../../objects/network.ts';
import type { HostBooks } from './networking.ts';

/** Reads what the books say of one host, in one snapshot. */
export const readHostBooks = (db: CloudDb, host: HostName): Promise<HostBooks> =>
  transaction(
    db,
    async (trx) => {
      const ports = await portsOnHost(trx, host);
      const here = await booksOf(trx, ports);
      const own = here.networks.map(({ id }) => id);
      const [routers, tunnelAddress] = await Promise.all([routersReachedFrom(trx, own), tunnelAddressOf(trx, host)]);
      const legs = routers.flatMap(legsOf);
      const further = legs.map(({ networkId }) => networkId).filter((id) => !own.includes(id));
      const ids = [...new Set(further)];
      const [networks, subnets, floatingIps, forwardings, elsewhere] = await Promise.all([
        findNetworks(trx, ids, null),
        subnetsOf(trx, ids),
        floatingIpsOnHost(trx, host),
        forwardingsOnHost(trx, host),
        tunnelAddress === undefined ? [] : portsElsewhere(trx, [...own, ...ids], host),
      ]);
      return {
        ...here,
        networks: [...here.networks, ...networks],
        subnets: [...here.subnets, ...subnets],
        routers,
        floatingIps,
        forwardings,
        tunnelAddress,
        portsElsewhere: elsewhere,
      };
    },
    { isolation: 'repeatable read' },
  );

/**
 * Reads the networks, subnets, rules and group members that some ports need, without routers. If they change meanwhile, the host gets
 * another refresh.
 */
export async function booksOf(db: CloudDb, ports: readonly Port[]): Promise<HostBooks> {
  const networkIds = [...new Set(ports.map(({ networkId }) => networkId))];
  const groupIds = [...new Set(ports.flatMap(({ securityGroupIds }) => securityGroupIds))];
  const [networks, subnets, { rules, members }] = await Promise.all([
    findNetworks(db, networkIds, null),
    subnetsOf(db, networkIds),
    rulesWithMembers(db, groupIds),
  ]);
  const limiting = [...ports, ...networks].flatMap(({ qosPolicyId }) => qosPolicyId ?? []);
  const policies = await findQosPolicies(db, [...new Set(limiting)], null);
  return { ports, networks, subnets, rules, members, policies, routers: [], floatingIps: [], forwardings: [], portsElsewhere: [] };
}

/** What the books say of security groups; hosts of one process that ask at the same time share the answer. */
export async function rulesWithMembers(db: CloudDb, groupIds: readonly string[]): Promise<RulesWithMembers> {
  const rules = await rulesOfGroups(db, groupIds);
  const remoteGroups = rules.flatMap(({ remoteGroupId }) => (remoteGroupId === null ? [] : [remoteGroupId]));
  return { rules, members: await membersOfGroups(db, [...new Set(remoteGroups)]) };
}

export type RulesWithMembers = Pick<HostBooks, 'rules' | 'members'>;

const rulesOfGroups = batched(String, eachOf(rulesOf));
const membersOfGroups = batched(String, eachOf(memberAddresses));

/** One read for all questions; each gets the rows of its groups. */
function eachOf<Row extends { readonly groupId: string }>(
  read: (db: CloudDb, groupIds: readonly string[]) => Promise<readonly Row[]>,
): AskMany<CloudDb, readonly string[], readonly Row[]> {
  return async (db, questions) => {
    const rows = await read(db, [...new Set(questions.flat())]);
    return questions.map((groupIds) => rows.filter(({ groupId }) => groupIds.includes(groupId)));
  };
}
