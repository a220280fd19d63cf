import { keptSecret } from '../../db/stores/cloud/cloud-secrets.ts';
import { ImageApi } from '../../image/api.ts';
import { builtinServerImages } from '../../image/builtin-server-images.ts';
import { builtinSources } from '../../image/builtin-sources.ts';
import { FileImageStore } from '../../image/drivers/builtin/file-store.ts';
import { ImagePasses } from '../../image/image-pass.ts';
import type { ImageSources } from '../../image/image-sources.ts';
import type { ServerImages } from '../../image/server-images.ts';
import { memoize } from '../../lib/memo/memoize.ts';
import { type NovaConfig, urlOf } from '../nova-config.ts';
import { openPolicy } from './policy.ts';
import { inState, type Runtime } from './runtime.ts';
import type { Shared } from './shared.ts';

/** Where the builtin image service keeps its files. */
export const openImageStore = memoize((runtime: Runtime) => FileImageStore.open({ directory: inState(runtime, 'images') }));

const SECRET_BYTES = 32;

/** The image service, with files in the state directory. */
export const openImages = memoize(async ({ db, runtime }: Shared): Promise<ImageApi> => {
  const { ids, clock, config } = runtime;
  const [store, policy, secret] = await Promise.all([
    openImageStore(runtime),
    openPolicy(runtime),
    keptSecret(db, 'image_pass_secret', ids.hex(SECRET_BYTES)),
  ]);
  const passes = new ImagePasses({ secret, clock });
  return new ImageApi({ db, store, ids, policy, passes, maxSizeBytes: config.image.max_size_bytes });
});

/** How servers are booted from images of the builtin image service. */
export const imageSources = (images: ImageApi, config: NovaConfig): ImageSources => builtinSources(images, urlOf(config, 'image'));

/** How images of servers are made in the builtin image service. */
export const serverImages = (images: ImageApi, config: NovaConfig): ServerImages => builtinServerImages(images, urlOf(config, 'image'));
