import { mountS3 } from '../../api/s3/mount-s3.ts';
import { repeat } from '../../lib/clock/periodic.ts';
import { ObjectStoreApi } from '../../objectstore/api.ts';
import { recoverData } from '../../objectstore/data/collect.ts';
import { listen, openGuard } from './http.ts';
import { openAccessKeys } from './identity.ts';
import { openDataStore } from './object-files.ts';
import { openPolicy } from './policy.ts';
import type { Endpoints } from './ready-file.ts';
import { recordRequests } from './request-hops.ts';
import type { Shared } from './shared.ts';

/** How long one upload may take, in milliseconds. */
const UPLOAD_MS = 6 * 3_600_000;

/** How often to look for files that nothing holds: what dead processes left, and parts that were kept for their readers. */
const COLLECT_EVERY_MS = 60_000;

/** Starts the object store with its API, S3. */
export async function startObjectStore(shared: Shared): Promise<Endpoints> {
  const { runtime, db, tracer } = shared;
  const { log, clock, ids, life, config } = runtime;
  const [store, policy] = await Promise.all([openDataStore(runtime), openPolicy(runtime)]);
  const collect = async () => void (await recoverData({ db, store }));
  await collect();
  life.run(
    'the object checks',
    repeat({ name: 'look for unheld data of objects', everyMs: COLLECT_EVERY_MS, run: collect }, { clock, log, signal: life.signal }),
  );
  const { quota_buckets: buckets, quota_gigabytes: gigabytes, domains } = config.objectstore;
  const objects = new ObjectStoreApi({ db, store, ids, policy, limits: { buckets, gigabytes } });
  const { shares, isPressed } = openGuard(shared);
  const mount = { store: objects, accessKeys: openAccessKeys(shared), clock, log, shares, domains };
  const url = await listen(shared, 'objectstore', (server) => mountS3(server, mount), {
    limits: { requestMs: UPLOAD_MS },
    isPressed,
    observe: recordRequests(tracer, runtime, 'objectstore'),
  });
  return { objectstore: url };
}
