/** Inserts only a server's row, for tests of readers; the program also writes the action and the event (insertBoot). */
import type { InCell } from '../../src/db/sql/queries.ts';
import { type NewServer, newRow, toServer } from '../../src/db/stores/servers/servers.ts';
import type { Server } from '../../src/objects/server.ts';

/** Inserts a new server, `building` and held by a workflow. */
export const insertServer = async (trx: InCell, server: NewServer, workflowId: string): Promise<Server> =>
  toServer(await trx.insertInto('servers').values(newRow(server, workflowId)).returningAll().executeTakeFirstOrThrow());
