import { findCredentials, findPrincipal } from '../../db/stores/identity.ts';
import type { ImageApi } from '../../image/api.ts';
import type { Context } from '../../lib/context/context.ts';
import { ensureDefaults } from '../../network/defaults.ts';
import { chooseHostKind } from '../cloud/hosts.ts';
import type { Shared } from '../cloud/shared.ts';
import { writeClientFiles } from './client-files.ts';
import { keptCredentials } from './credentials.ts';
import { bootstrapFlavors } from './flavors.ts';
import { bootstrapIdentity } from './identity.ts';
import { bootstrapImages } from './images.ts';
import { oneAtATime } from './once.ts';

/** Makes what a new cloud contains, and the files by which clients find it. Everything may be there already, or in part. */
export async function bootstrap(shared: Shared, images: ImageApi): Promise<void> {
  const { runtime, db } = shared;
  const kind = await chooseHostKind(runtime);
  await oneAtATime(shared, async () => {
    const credentials = await keptCredentials(runtime);
    await bootstrapIdentity(db, runtime.ids, credentials);
    await bootstrapFlavors(db);
    const admin = await adminContext(shared);
    await ensureDefaults(db, { ids: runtime.ids, projectId: admin.projectId ?? '' });
    await bootstrapImages(runtime, images, admin, kind);
    await writeClientFiles(runtime, credentials);
  });
}

/** What is made belongs to the project admin. */
async function adminContext({ db, runtime: { ids } }: Shared): Promise<Context> {
  const domain = { id: 'default' };
  const user = await findCredentials(db, { name: 'admin', domain });
  const principal = user && (await findPrincipal(db, user.id, { name: 'admin', domain }));
  if (!principal?.project) throw new Error('the user admin or the project admin is gone or disabled');
  return { requestId: `req-${ids.uuid()}`, userId: principal.user.id, projectId: principal.project.id, roles: ['admin'], isAdmin: true };
}
