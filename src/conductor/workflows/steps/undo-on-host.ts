import { kindOf } from '../../../lib/errors/error-type.ts';
import type { StepContext } from '../../../lib/workflow/step.ts';
import type { HostName } from '../../../objects/ids.ts';
import { type HostWorkDeps, workOnHostIfUp } from './work-on-host.ts';

/** Runs a task of an undo: skipped on a host that is down, and where there is no guest, as nothing is left to undo then. */
export const undoOnHost = (deps: HostWorkDeps, w: StepContext, host: HostName, send: Parameters<typeof workOnHostIfUp>[3]): Promise<void> =>
  ignoringNoGuest(workOnHostIfUp(deps, w, host, send));

/** A server in error may have no guest. */
export async function ignoringNoGuest(work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (kindOf(error) !== 'not-found') throw error;
  }
}
