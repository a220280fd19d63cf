import { IdentityApi } from '../../identity/api.ts';
import { BuiltinIdentity } from '../../identity/drivers/builtin/driver.ts';
import type { Shared } from './shared.ts';

/** How long a token is good, in seconds. */
const TOKEN_SECONDS = 24 * 3_600;

/** The identity service over the cloud's own users. */
export const openIdentity = ({ db, runtime: { clock, ids } }: Shared): IdentityApi =>
  new IdentityApi({ db, clock, ids, driver: new BuiltinIdentity(db), tokenSeconds: TOKEN_SECONDS });
