import { oneAtATime } from '../../db/sql/one-at-a-time.ts';
import { findNamesakes } from '../../db/stores/identity/admin.ts';
import type { ImageApi } from '../../image/api.ts';
import type { Context } from '../../lib/context/context.ts';
import { ensureDefaults } from '../../network/books/defaults.ts';
import { DEFAULT_DOMAIN } from '../../objects/identity.ts';
import { chooseHostKind } from '../cloud/hosts.ts';
import type { Shared } from '../cloud/shared.ts';
import { writeClientFiles } from './client-files.ts';
import { keptCredentials } from './credentials.ts';
import { bootstrapFlavors } from './flavors.ts';
import { bootstrapIdentity } from './identity.ts';
import { bootstrapImages } from './images.ts';

/** The advisory lock of the bootstrap. */
const LOCK = 7_201_301;

/** Creates the contents of a new cloud, and the configuration files of clients. Idempotent: some or all may exist already. */
export async function bootstrap(shared: Shared, images: ImageApi): Promise<void> {
  const { runtime, db } = shared;
  const kind = await chooseHostKind(runtime);
  await oneAtATime(db, LOCK, async () => {
    const credentials = await keptCredentials(runtime);
    await bootstrapIdentity(db, runtime.ids, credentials);
    await bootstrapFlavors(db);
    const admin = await adminContext(shared);
    if (admin) {
      await ensureDefaults(db, { ids: runtime.ids, projectId: admin.projectId });
      await bootstrapImages(runtime, images, admin, kind);
    }
    await writeClientFiles(runtime, credentials);
  });
}

/** The contents belong to the project admin; a cloud whose operator has deleted that user or project is not new, and gets nothing. */
async function adminContext({ db, runtime: { ids } }: Shared): Promise<(Context & { readonly projectId: string }) | undefined> {
  const found = await findNamesakes(db, { domainId: DEFAULT_DOMAIN, name: 'admin' });
  return found && { requestId: `req-${ids.uuid()}`, ...found, roles: ['admin'], isAdmin: true };
}
