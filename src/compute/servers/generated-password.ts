import { createHmac } from 'node:crypto';
import { keptSecret } from '../../db/stores/cloud/cloud-secrets.ts';
import type { CloudDb } from '../../db/sql/queries.ts';
import type { Ids } from '../../lib/clock/ids.ts';
import type { Context } from '../../lib/context/context.ts';
import { memoize } from '../../lib/memo/memoize.ts';
import { newPassword, passwordFrom } from '../../lib/text/new-password.ts';

export interface GeneratedPasswordDeps {
  readonly db: CloudDb;
  readonly ids: Ids;
}

const KEY_BYTES = 32;

/**
 * The administrator's password of a guest whose owner names none. Where a request may be repeated it is derived from the request, so that
 * every attempt answers the one that the guest was given, and nothing keeps it.
 */
export async function generatedPassword({ db, ids }: GeneratedPasswordDeps, ctx: Context): Promise<string> {
  if (!ctx.keyed) return newPassword(ids);
  return passwordFrom(
    createHmac('sha256', await keyOf(db, ids))
      .update(ctx.requestId)
      .digest(),
  );
}

const known = memoize((_db: CloudDb) => ({ key: undefined as Promise<string> | undefined }));

/** Generated once for the whole cloud. */
function keyOf(db: CloudDb, ids: Ids): Promise<string> {
  const cached = known(db);
  cached.key ??= keptSecret(db, 'guest_password_key', ids.hex(KEY_BYTES)).catch((error: unknown) => {
    // The next request tries again.
    cached.key = undefined;
    throw error;
  });
  return cached.key;
}
