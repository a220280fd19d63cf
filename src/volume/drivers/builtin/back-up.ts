import { truncate } from 'node:fs/promises';
import { Type as t } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import { untilAborted } from '../../../lib/clock/until-aborted.ts';
import { StorageFailed } from '../../errors.ts';
import type { Monitor } from './qmp.ts';

/** Where a copy goes: into a file that is there. The node's name must be new. */
interface Copy {
  readonly to: string;
  readonly node: string;
}

/**
 * Has a storage daemon copy what its volume has at one moment, while guests go on writing: the copy follows until it is complete, and is
 * then left as it is. Holes stay holes.
 */
export async function backUp(monitor: Monitor, { to, node }: Copy, signal: AbortSignal): Promise<void> {
  const job = `job-${node}`;
  const target = `copy-${node}`;
  // As large as the daemon knows it: both must have one size.
  await truncate(to, sizeOf(await monitor.ask('query-named-block-nodes', { flat: true })));
  const storage = { driver: 'file', filename: to, discard: 'unmap' };
  await monitor.ask('blockdev-add', { driver: 'raw', 'node-name': target, discard: 'unmap', file: storage });
  const reaches = (wanted: string) => {
    const reached = monitor.event('JOB_STATUS_CHANGE', ({ id, status }) => id === job && (status === wanted || status === 'concluded'));
    reached.catch(() => {});
    return reached;
  };
  try {
    // Watched from before the job begins: one that fails at once tells it only once.
    const [ready, concluded] = [reaches('ready'), reaches('concluded')];
    const copying = { 'job-id': job, device: 'disk', target, sync: 'full', 'copy-mode': 'write-blocking' };
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

const nodes = t.Array(t.Object({ 'node-name': t.String(), image: t.Object({ 'virtual-size': t.Number() }) }));
const sizeOf = (found: unknown): number =>
  (Value.Check(nodes, found) ? found.find((node) => node['node-name'] === 'disk')?.image['virtual-size'] : undefined) ?? 0;

const jobs = t.Array(t.Object({ id: t.String(), error: t.Optional(t.String()) }));
const failureOf = (found: unknown, job: string): string | undefined =>
  Value.Check(jobs, found) ? found.find(({ id }) => id === job)?.error : undefined;
