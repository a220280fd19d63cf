/** A server's row alone, for tests of what reads it: the program writes the action and the event with it (insertBoot). */
import type { InCell } from '../../src/db/sql/queries.ts';
import { type NewServer, newRow, toServer } from '../../src/db/stores/servers/servers.ts';
import type { Server } from '../../src/objects/server.ts';

/** Writes a new server, `building`, held by a workflow, and nothing else of it. */
export const insertServer = async (trx: InCell, server: NewServer, workflowId: string): Promise<Server> =>
  toServer(await trx.insertInto('servers').values(newRow(server, workflowId)).returningAll().executeTakeFirstOrThrow());
