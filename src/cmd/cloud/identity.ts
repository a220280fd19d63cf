import { IdentityAdminApi } from '../../identity/admin-api.ts';
import { IdentityApi } from '../../identity/api.ts';
import { BuiltinIdentity } from '../../identity/drivers/builtin/driver.ts';
import { Turns } from '../../identity/semaphore.ts';
import type { Policy } from '../../policy/policy.ts';
import { oncePer } from '../../lib/memo/memoize.ts';
import type { Shared } from './shared.ts';

/** Each hash takes 16 MiB and a thread of node's four; waiting ones take next to nothing, but nobody waits for long. */
const HASHES = { running: 4, waiting: 200 };
/** One for the whole process: what is bounded is its memory. */
const turns = new Turns(HASHES);

/** The identity service over the cloud's own users. */
export const openIdentity = oncePer(({ db, runtime: { clock, ids, config } }: Shared): IdentityApi => {
  const { token, security_compliance: compliance } = config;
  return new IdentityApi({
    db,
    clock,
    ids,
    turns,
    driver: new BuiltinIdentity(db),
    tokenSeconds: token.expiration,
    rotateSeconds: token.key_rotation_interval,
    guard: { freeFailures: compliance.lockout_failure_attempts, longestSeconds: compliance.lockout_duration },
  });
});

/** The administration of the cloud's own users. */
export const openIdentityAdmin = ({ db, runtime: { ids, log } }: Shared, identity: IdentityApi, policy: Policy): IdentityAdminApi =>
  new IdentityAdminApi({ db, ids, log, policy, identity, turns });
