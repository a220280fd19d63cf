import { enqueue } from '../../../lib/workflow/enqueue.ts';
import type { StepContext } from '../../../lib/workflow/step.ts';
import { workflow } from '../../../lib/workflow/workflow.ts';
import { type CacheImages, cacheImagesRef } from '../../../operations/workflows.ts';
import type { WorkflowDeps } from '../deps.ts';
import { inTransaction } from '../steps/server-record.ts';
import { workOnHostIfUp } from '../steps/work-on-host.ts';

/**
 * Has one host fetch images into its cache, then starts the same for the next host, so that the image service serves few hosts at a time.
 * A host that is down or fails is skipped: its guests fetch their images when they are made, as ever.
 */
export const cacheImages = (deps: WorkflowDeps) =>
  workflow(cacheImagesRef)
    .step('fetch', {
      do: async ({ hosts: [host], images }, w) => {
        if (host === undefined) return;
        const sources = await Promise.all(images.map((image) => deps.images.sourceOf(w.ctx, image)));
        await workOnHostIfUp(deps, w, host, (taskId) => deps.compute.cacheImages(w.ctx, { host, taskId, sources }));
      },
    })
    .step('next', { do: (work, w) => startNext(deps, work, w) })
    .onUnwound(({ failure, ...work }, w) => {
      deps.log.warn({ host: work.hosts[0], requestId: w.ctx.requestId, error: failure.message }, 'a host could not cache images');
      return startNext(deps, work, w);
    });

/** The workflow id says how many hosts are left: a repeated step starts the same workflow, which is a no-op. */
export const cachingId = ({ chain, hosts }: Pick<CacheImages, 'chain' | 'hosts'>): string => `${chain}.${hosts.length}`;

async function startNext(deps: WorkflowDeps, { chain, hosts: [, ...hosts], images }: CacheImages, { ctx }: StepContext): Promise<void> {
  if (hosts.length === 0) return;
  const input = { chain, hosts, images };
  await inTransaction(deps, (trx) => enqueue(trx, cacheImagesRef, { id: cachingId(input), subject: chain, ctx, input }));
}
