import type { HttpServer } from '../../../lib/http/http-server.ts';
import type { Log } from '../../../lib/log/log.ts';
import { mountService } from '../../pipeline/mount-service.ts';
import { plainFault } from '../../pipeline/plain-fault.ts';
import type { PolicyGate } from '../../pipeline/site.ts';
import type { Authenticate } from '../../pipeline/token.ts';
import { assignmentRoutes } from './assignments.ts';
import { catalogRoutes } from './catalog.ts';
import { credentialRoutes } from './credentials.ts';
import type { IdentityFaceDeps } from './deps.ts';
import { choices, showV3 } from './discovery.ts';
import { domainRoutes } from './domains.ts';
import { ec2CredentialRoutes } from './ec2-credentials.ts';
import { grantRoutes } from './grants.ts';
import { ownRoutes } from './own.ts';
import { projectTagRoutes } from './project-tags.ts';
import { projectRoutes } from './projects.ts';
import { roleRoutes } from './roles.ts';
import { signatureRoutes } from './signatures.ts';
import { issueToken, revokeToken, showCatalog, showToken } from './tokens.ts';
import { userRoutes } from './users.ts';

/** Everything below /v3. */
export const identityRoutes = [
  showV3,
  issueToken,
  showToken,
  revokeToken,
  showCatalog,
  ...ownRoutes,
  ...domainRoutes,
  ...projectRoutes,
  ...projectTagRoutes,
  ...userRoutes,
  ...roleRoutes,
  ...grantRoutes,
  ...assignmentRoutes,
  ...credentialRoutes,
  ...ec2CredentialRoutes,
  ...signatureRoutes,
  ...catalogRoutes,
];

/** The dependencies of the identity API; `policy` guards the catalog, the component api guards everything else. */
export interface IdentityMount {
  readonly deps: IdentityFaceDeps;
  readonly policy: PolicyGate;
  /** Domain roles count here. */
  readonly authenticate: Authenticate;
  readonly log: Log;
  readonly publicOrigin?: string;
}

/** Serves the identity API: versions at the root, everything else below /v3. */
export function mountIdentity(server: HttpServer, { deps, policy, log, authenticate, ...links }: IdentityMount): void {
  mountService(server, { path: '', routes: [choices], deps, log, errorBody: plainFault, ...links });
  // Unknown keys are ignored: Keystone clients send fields that this service does not use.
  mountService(server, {
    path: '/v3',
    routes: identityRoutes,
    deps,
    policy,
    log,
    errorBody: plainFault,
    authenticate,
    unknownKeys: 'drop',
    ...links,
  });
}
