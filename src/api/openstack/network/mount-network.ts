import type { HttpServer } from '../../../lib/http/http-server.ts';
import type { Log } from '../../../lib/log/log.ts';
import { mountService } from '../../pipeline/mount-service.ts';
import type { ProjectShares } from '../../pipeline/project-shares.ts';
import type { PolicyGate } from '../../pipeline/site.ts';
import type { Authenticate } from '../../pipeline/token.ts';
import type { NetworkFaceDeps } from './deps.ts';
import { networkRoutes } from './routes.ts';

/** The dependencies of the network API; `policy` decides which fields a caller sees. */
export interface NetworkMount extends NetworkFaceDeps {
  readonly authenticate: Authenticate;
  readonly shares?: ProjectShares;
  readonly policy: PolicyGate;
  readonly log: Log;
  readonly identityUrl?: string;
  readonly publicOrigin?: string;
}

/** Serves Neutron's v2.0 at the root of a server. */
export function mountNetwork(server: HttpServer, { network, ...options }: NetworkMount): void {
  mountService(server, {
    ...options,
    path: '',
    suffix: '.json',
    routes: networkRoutes,
    deps: { network },
    // Neutron answers 409 for an exceeded quota.
    statuses: { 'over-limit': 409 },
    errorBody: (code, title, message, errorName) =>
      code === 401 ? { error: { code, title, message } } : { NeutronError: { type: errorName ?? nameOf(title), message, detail: '' } },
  });
}

/** The name of an undeclared fault: HTTPNotFound, HTTPMethodNotAllowed. */
const nameOf = (title: string): string => `HTTP${title.replaceAll(/\W/g, '')}`;
