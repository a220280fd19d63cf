import { ImageApi } from '../../image/api.ts';
import { FileImageStore } from '../../image/drivers/builtin/file-store.ts';
import { openPolicy } from './policy.ts';
import { inState } from './runtime.ts';
import type { Shared } from './shared.ts';

/** Where the builtin image service keeps its files. */
export const openImageStore = ({ runtime }: Pick<Shared, 'runtime'>): Promise<FileImageStore> =>
  FileImageStore.open({ directory: inState(runtime, 'images') });

/** The image service over files of the state directory. */
export async function openImages(shared: Shared): Promise<ImageApi> {
  const { db, runtime } = shared;
  const [store, policy] = await Promise.all([openImageStore(shared), openPolicy(runtime)]);
  return new ImageApi({ db, store, ids: runtime.ids, policy, maxSizeBytes: runtime.config.image.max_size_bytes });
}
