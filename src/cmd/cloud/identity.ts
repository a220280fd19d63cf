import { AccessKeyApi } from '../../identity/access-key-api.ts';
import { IdentityAdminApi } from '../../identity/admin-api.ts';
import { IdentityApi } from '../../identity/api.ts';
import { BuiltinIdentity } from '../../identity/drivers/builtin/driver.ts';
import { BuiltinTokens } from '../../identity/drivers/builtin/tokens.ts';
import { Semaphore } from '../../identity/semaphore.ts';
import type { Policy } from '../../policy/policy.ts';
import { memoize } from '../../lib/memo/memoize.ts';
import type { Shared } from './shared.ts';

/** Each hash takes 16 MiB and a thread of node's four; waiting ones cost almost nothing, but clients should not wait long. */
const HASHES = { running: 4, waiting: 200 };
/** One for the whole process: what is bounded is its memory. */
const hashing = new Semaphore(HASHES);

const openDriver = memoize(({ db }: Shared) => new BuiltinIdentity(db));

/** The cloud's own tokens; every API asks them who a caller is. */
export const openTokens = memoize((shared: Shared): BuiltinTokens => {
  const { clock, ids, config } = shared.runtime;
  return new BuiltinTokens({
    db: shared.db,
    clock,
    ids,
    driver: openDriver(shared),
    tokenSeconds: config.token.expiration,
    rotateSeconds: config.token.key_rotation_interval,
  });
});

/** The identity service over the cloud's own users. */
export const openIdentity = memoize((shared: Shared): IdentityApi => {
  const { clock, config } = shared.runtime;
  const { lockout_failure_attempts: freeFailures, lockout_duration: longestSeconds } = config.security_compliance;
  const guard = { freeFailures, longestSeconds };
  return new IdentityApi({ db: shared.db, clock, hashing, driver: openDriver(shared), tokens: openTokens(shared), guard });
});

/** The administration of the cloud's own users. */
export const openIdentityAdmin = ({ db, runtime: { ids, log } }: Shared, identity: IdentityApi, policy: Policy): IdentityAdminApi =>
  new IdentityAdminApi({ db, ids, log, policy, identity, hashing });

/** Who signed a request of the EC2 or S3 API. */
export const openAccessKeys = memoize(
  (shared: Shared): AccessKeyApi =>
    new AccessKeyApi({ db: shared.db, ids: shared.runtime.ids, driver: openDriver(shared), tokens: openTokens(shared) }),
);
