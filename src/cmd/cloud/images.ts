import { ImageApi } from '../../image/api.ts';
import { FileImageStore } from '../../image/drivers/builtin/file-store.ts';
import { oncePer } from '../../lib/memo/memoize.ts';
import { openPolicy } from './policy.ts';
import { inState, type Runtime } from './runtime.ts';
import type { Shared } from './shared.ts';

/** Where the builtin image service keeps its files. */
export const openImageStore = oncePer((runtime: Runtime) => FileImageStore.open({ directory: inState(runtime, 'images') }));

/** The image service over files of the state directory. */
export const openImages = oncePer(async ({ db, runtime }: Shared): Promise<ImageApi> => {
  const [store, policy] = await Promise.all([openImageStore(runtime), openPolicy(runtime)]);
  return new ImageApi({ db, store, ids: runtime.ids, policy, maxSizeBytes: runtime.config.image.max_size_bytes });
});
