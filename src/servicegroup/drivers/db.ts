import type { Ids } from '../../lib/clock/ids.ts';
import { beat, listServices } from '../../db/stores/services.ts';
import type { Queries } from '../../db/stores/queries.ts';
import type { ServiceGroupDriver } from '../driver.ts';

/** The group is a table; ages are told by the database's clock, so the hosts' clocks may differ. */
export const dbServiceGroup = (db: Queries, ids: Ids, zone: string): ServiceGroupDriver => ({
  beat: (member) => beat(db, { id: ids.uuid(), ...member, zone }),
  silence: () => listServices(db),
});
