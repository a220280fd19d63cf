import { existsSync } from 'node:fs';
import { memoize } from '../../lib/memo/memoize.ts';
import { FileDataStore } from '../../objectstore/drivers/builtin/file-store.ts';
import { inState, type Runtime } from './runtime.ts';

const directoryOf = (runtime: Runtime): string => inState(runtime, 'objects');

/** Where the object store keeps its files. */
export const openDataStore = memoize((runtime: Runtime) => FileDataStore.open({ directory: directoryOf(runtime) }));

/** The same for programs beside the object store, which may be on another machine. */
export const openDataStoreIfAny = async (runtime: Runtime): Promise<FileDataStore | { readonly missing: string }> =>
  existsSync(directoryOf(runtime)) ? await openDataStore(runtime) : { missing: `there is no ${directoryOf(runtime)}` };
