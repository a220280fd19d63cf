import { kindOf } from '../../../lib/errors/error-type.ts';
import { ContractTooOld } from '../../../lib/rpc/messaging-errors.ts';
import type { StepContext } from '../../../lib/workflow/step.ts';
import type { HostName } from '../../../objects/ids.ts';
import { type HostWorkDeps, workOnHostIfUp } from './work-on-host.ts';

/**
 * Runs a task of an undo: skipped on a host that is down, on one that does not know the task, and where there is no guest, as nothing is
 * left to undo then.
 */
export async function undoOnHost(
  deps: HostWorkDeps,
  w: StepContext,
  host: HostName,
  send: Parameters<typeof workOnHostIfUp>[3],
): Promise<void> {
  try {
    await ignoringNoGuest(workOnHostIfUp(deps, w, host, send));
  } catch (error) {
    // A host that is too old to undo the work was too old to do it.
    if (!ContractTooOld.is(error)) throw error;
  }
}

/** A server in error may have no guest. */
export async function ignoringNoGuest(work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (kindOf(error) !== 'not-found') throw error;
  }
}
