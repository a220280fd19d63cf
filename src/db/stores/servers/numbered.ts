/** Servers by their small numbers. */
import type { Server } from '../../../objects/server.ts';
import type { CellDb } from '../../sql/queries.ts';
import { toServer } from './servers.ts';

/** Those of the numbers that are servers, of one project or of all, which are not deleted. */
export const findServersNumbered = async (
  db: CellDb,
  { numbers, projectId }: { readonly numbers: readonly number[]; readonly projectId: string | null },
): Promise<readonly Server[]> =>
  numbers.length === 0
    ? []
    : (
        await db
          .selectFrom('servers')
          .selectAll()
          .where('number', 'in', numbers)
          .where('vm_state', '!=', 'deleted')
          .$if(projectId !== null, (query) => query.where('project_id', '=', projectId ?? ''))
          .execute()
      ).map(toServer);
