import { open } from 'node:fs/promises';
import { Type as t } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import { StorageFailed } from '../../errors.ts';
import type { Monitor } from './qmp.ts';

/** Where a copy goes; the node's name must be new. */
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
  const file = await open(to, 'a', 0o600);
  // As large as the daemon knows it: both must have one size.
  await file.truncate(sizeOf(await monitor.ask('query-named-block-nodes', { flat: true })));
  await file.close();
  const storage = { driver: 'file', filename: to, discard: 'unmap' };
  await monitor.ask('blockdev-add', { driver: 'raw', 'node-name': target, discard: 'unmap', file: storage });
  const reaches = (wanted: string) => {
    const reached = monitor.event(
      'JOB_STATUS_CHANGE',
      ({ id, status }) => id === job && (status === wanted || status === 'concluded'),
      signal,
    );
    reached.catch(() => {});
    return reached;
  };
  try {
    const ready = reaches('ready');
    const copying = { 'job-id': job, device: 'disk', target, sync: 'full', 'copy-mode': 'write-blocking' };
    await monitor.ask('blockdev-mirror', { ...copying, 'auto-dismiss': false });
    const concluded = reaches('concluded');
    await ready.catch(async (reason: unknown) => {
      await monitor.ask('block-job-cancel', { device: job, force: true });
      throw reason;
    });
    await monitor.ask('block-job-cancel', { device: job }).catch(() => {});
    await concluded;
    const failure = failureOf(await monitor.ask('query-jobs'), job);
    await monitor.ask('job-dismiss', { id: job });
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
