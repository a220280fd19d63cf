import type { Kysely } from 'kysely';
import { transaction } from '../db/retry.ts';
import type { Database } from '../db/schema/index.ts';
import { findNetworks, subnetsOf } from '../db/stores/networks.ts';
import { portsOnHost } from '../db/stores/ports.ts';
import { memberAddresses, rulesOf } from '../db/stores/security-groups.ts';
import type { HostName } from '../objects/ids.ts';
import type { HostBooks } from './host-networking.ts';

/** Reads what the books say of one host, all at one moment. */
export const readHostBooks = (db: Kysely<Database>, host: HostName): Promise<HostBooks> =>
  transaction(
    db,
    async (trx) => {
      const ports = await portsOnHost(trx, host);
      const networkIds = [...new Set(ports.map(({ networkId }) => networkId))];
      const rules = await rulesOf(trx, [...new Set(ports.flatMap(({ securityGroupIds }) => securityGroupIds))]);
      const remoteGroups = rules.flatMap(({ remoteGroupId }) => (remoteGroupId === null ? [] : [remoteGroupId]));
      return {
        ports,
        networks: await findNetworks(trx, networkIds, null),
        subnets: await subnetsOf(trx, networkIds),
        rules,
        members: await memberAddresses(trx, [...new Set(remoteGroups)]),
      };
    },
    { isolation: 'repeatable read' },
  );
