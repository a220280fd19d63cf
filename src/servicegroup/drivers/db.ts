import type { Ids } from '../../lib/clock/ids.ts';
import { beat, findService } from '../../db/stores/hosts/services.ts';
import type { CellDb } from '../../db/sql/queries.ts';
import type { ServiceRecords } from '../driver.ts';

/** Keeps heartbeats in a table. The database's clock measures their age, so the hosts' clocks may differ. */
export const dbServiceGroup = (db: CellDb, ids: Ids, zone: string): ServiceRecords => ({
  beat: (members) =>
    beat(
      db,
      members.map(({ binary, host }) => ({ id: ids.uuid(), binary, host, zone })),
    ),
  silence: ({ binary, host }) => findService(db, { binary, host }),
});
