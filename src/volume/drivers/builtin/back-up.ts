import { truncate } from 'node:fs/promises';
import { Type as t } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import { untilAborted } from '../../../lib/clock/until-aborted.ts';
import { StorageFailed } from '../../errors.ts';
import { nodeSizes } from './nodes.ts';
import type { Monitor } from './qmp.ts';

/** What is copied, and where the copy goes: from a node of the daemon into a file that is there. `id` must be new. */
interface Copy {
  readonly from: string;
  readonly to: string;
  readonly id: string;
}

/**
 * Has a storage daemon copy what its volume has at one moment, while guests go on writing: the copy follows until it is complete, and is
 * then left as it is. Holes stay holes.
 */
export async function backUp(monitor: Monitor, { from, to, id }: Copy, signal: AbortSignal): Promise<void> {
  const job = `job-${id}`;
  const target = `copy-${id}`;
  // As large as the daemon knows it: both must have one size.
  await truncate(to, (await nodeSizes(monitor)).get(from) ?? 0);
  const storage = { driver: 'file', filename: to, discard: 'unmap' };
  await monitor.ask('blockdev-add', { driver: 'raw', 'node-name': target, discard: 'unmap', file: storage });
  const reaches = (wanted: string) => {
    const reached = monitor.event('JOB_STATUS_CHANGE', ({ id: of, status }) => of === job && (status === wanted || status === 'concluded'));
    reached.catch(() => {});
    return reached;
  };
  try {
    // Watched from before the job begins: one that fails at once tells it only once.
    const [ready, concluded] = [reaches('ready'), reaches('concluded')];
    const copying = { 'job-id': job, device: from, target, sync: 'full', 'copy-mode': 'write-blocking' };
    await monitor.ask('blockdev-mirror', { ...copying, 'auto-dismiss': false });
    await untilAborted(signal, ready).catch(() => {});
    // A job that has failed cannot be cancelled. One that is aborted must end, too: the daemon keeps the file until then.
    await monitor.ask('block-job-cancel', { device: job, force: signal.aborted }).catch(() => {});
    await concluded;
    const failure = failureOf(await monitor.ask('query-jobs'), job);
    await monitor.ask('job-dismiss', { id: job });
    signal.throwIfAborted();
    if (failure !== undefined) throw StorageFailed({ what: `copy the volume: ${failure}` });
  } finally {
    await monitor.ask('blockdev-del', { 'node-name': target }).catch(() => {});
  }
}

const jobs = t.Array(t.Object({ id: t.String(), error: t.Optional(t.String()) }));
const failureOf = (found: unknown, job: string): string | undefined =>
  Value.Check(jobs, found) ? found.find(({ id }) => id === job)?.error : undefined;
