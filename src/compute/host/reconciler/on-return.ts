import { messageOf } from '../../../lib/errors/error-type.ts';
import type { Log } from '../../../lib/log/log.ts';
import type { HostName } from '../../../objects/ids.ts';
import type { TaskRunner } from '../task-runner.ts';

export interface ReturnDeps {
  readonly host: HostName;
  readonly tasks: Pick<TaskRunner, 'settled'>;
  /** Compares the guests with the books. */
  readonly reconcile: () => Promise<void>;
  readonly log: Log;
}

/**
 * Called when a host that counted as down is up again: its servers may have moved or been deleted. Reconciles its guests at once, and again
 * when the tasks that were running have ended, since the guests they make may not belong here any more.
 */
export const compareOnReturn = ({ host, tasks, reconcile, log }: ReturnDeps) => {
  const compare = () =>
    reconcile().catch((error: unknown) => log.warn({ host, error: messageOf(error) }, 'guests could not be compared; trying again later'));
  return async (): Promise<void> => {
    log.warn({ host }, 'this host had counted as down; its guests are compared with the books');
    void tasks.settled()?.then(compare);
    await compare();
  };
};
