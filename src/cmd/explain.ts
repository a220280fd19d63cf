/** `nova-ts manage placement explain`: tells why a server is on its host, or on none. */
import { renderPlacement } from '../scheduler/explanation-text.ts';
import { messageOf } from '../lib/errors/error-type.ts';
import { openCloudDatabase } from './cloud/database.ts';
import type { Runtime } from './cloud/runtime.ts';
import { openServiceGroup } from './cloud/shared.ts';
import { schedulerApi } from './cloud/scheduling-rules.ts';

export interface ExplainOptions {
  readonly json?: boolean;
}

/** Prints what was decided and what would be decided now; @returns the exit status. */
export async function explainPlacement(open: () => Runtime, serverOrRequest: string, { json = false }: ExplainOptions): Promise<number> {
  let runtime: Runtime | undefined;
  try {
    runtime = open();
    const { db } = await openCloudDatabase(runtime);
    const placements = await schedulerApi(db, runtime.config, await openServiceGroup({ db }, runtime)).explain(serverOrRequest);
    console.log(json ? JSON.stringify(placements, null, 2) : placements.map(renderPlacement).join('\n\n'));
    return 0;
  } catch (error) {
    console.error(`nova-ts: the placement could not be explained: ${messageOf(error)}`);
    return 1;
  } finally {
    await runtime?.life.end();
  }
}
