import type { AccessKeyApi } from '../../../identity/access-key-api.ts';
import type { IdentityAdminApi } from '../../../identity/admin-api.ts';
import type { IdentityApi } from '../../../identity/api.ts';
import type { Clock } from '../../../lib/clock/clock.ts';

/** One service of the catalog. */
export interface CatalogService {
  readonly id: string;
  readonly type: string;
  readonly name: string;
  /** The URL of a service, with `projectId` filled in where needed. */
  readonly url: (projectId: string) => string;
}

/** The dependencies of the identity handlers, and the catalog that they show. */
export interface IdentityFaceDeps {
  readonly identity: IdentityApi;
  readonly admin: IdentityAdminApi;
  readonly accessKeys: AccessKeyApi;
  readonly clock: Clock;
  readonly region: string;
  readonly catalog: readonly CatalogService[];
}
