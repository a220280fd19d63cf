import type { HttpServer } from '../../../lib/http/http-server.ts';
import type { Log } from '../../../lib/log/log.ts';
import { mountService } from '../wsgi/mount-service.ts';
import { plainFault } from '../wsgi/plain-fault.ts';
import type { IdentityFaceDeps } from './deps.ts';
import { choices, showV3 } from './discovery.ts';
import { issueToken, listOwnProjects, revokeToken, showCatalog, showToken } from './tokens.ts';

const routes = [showV3, issueToken, showToken, revokeToken, showCatalog, listOwnProjects];

/** Serves the identity API: versions at the root, everything else below /v3. */
export function mountIdentity(server: HttpServer, { deps, log }: { readonly deps: IdentityFaceDeps; readonly log: Log }): void {
  const authenticate = (token: string, { requestId }: { requestId: string }) => deps.identity.contextOf(token, requestId);
  mountService(server, { path: '', routes: [choices], deps, log, errorBody: plainFault });
  // Unknown keys are let through: clients of other Keystones send parts of the body that concern nothing here.
  mountService(server, { path: '/v3', routes, deps, log, errorBody: plainFault, authenticate, unknownKeys: 'drop' });
}
