// The compute API on a server: microversions under /v2.1, the legacy way under /v2.
import type { HttpServer } from '../../lib/http/http-server.ts';
import { malformedBody } from '../../lib/http/json-body.ts';
import { HttpFault } from '../../lib/http/http-fault.ts';
import type { Log } from '../../lib/log/log.ts';
import { queryParams } from '../../lib/versioning/query-params.ts';
import { v, versions } from '../../microversions.ts';
import { authenticateHeader, computeFaultBody } from './compute-fault.ts';
import type { IdempotencyKeys } from './idempotency.ts';
import { negotiate, UnsupportedVersion, versionHeaders } from './negotiation.ts';
import { refuse, serve } from './pipeline.ts';
import { ProjectShares } from './project-shares.ts';
import type { Route } from './route.ts';
import { routeTable } from './route-table.ts';
import type { Authenticate, PolicyGate, Site } from './site.ts';

export interface ComputeMount<Deps> {
  readonly routes: readonly Route<Deps>[];
  readonly deps: Deps;
  readonly log: Log;
  readonly authenticate: Authenticate;
  readonly policy: PolicyGate;
  /** Left out: a project may take all there is. */
  readonly shares?: ProjectShares;
  readonly idempotency?: IdempotencyKeys;
  /** Told to clients without a token: where tokens come from. */
  readonly identityUrl: string;
  /** Replaces scheme, host and port in links, for services behind a proxy. */
  readonly publicOrigin?: string;
}

/** Every query key is ignored first and refused later. */
const noQuery = queryParams({}, { strict: { since: v.flavorNameFilter } });

const MEDIA_TYPES = /^application\/(json|vnd\.openstack\.compute\+json)$/;

/** Serves the routes under `/v2.1` and, with versions fixed and unknown keys dropped, under `/v2`. */
export function mountCompute<Deps>(server: HttpServer, options: ComputeMount<Deps>): void {
  const common = commonOf(server, options);
  const versioned: Site<Deps> = {
    ...common,
    mount: '/v2.1',
    unknownKeys: 'refuse',
    undeclaredQuery: noQuery,
    versionOf: (exchange) => negotiate(exchange, versions),
    versionHeaders: (agreed) => {
      if (agreed instanceof UnsupportedVersion) return versionHeaders(agreed.requested);
      return agreed instanceof HttpFault ? {} : versionHeaders(agreed.version);
    },
  };
  const legacy: Site<Deps> = {
    ...common,
    mount: '/v2',
    unknownKeys: 'drop',
    undeclaredQuery: undefined,
    versionOf: () => v.initial,
    versionHeaders: () => ({}),
  };
  // One project, one share, whichever way it comes.
  for (const site of [versioned, legacy]) {
    server.mount(
      site.mount,
      (exchange) => serve(exchange, site),
      (fault, exchange) => refuse(fault, exchange, site),
    );
  }
}

type Common<Deps> = Omit<Site<Deps>, 'mount' | 'unknownKeys' | 'undeclaredQuery' | 'versionOf' | 'versionHeaders'>;

const commonOf = <Deps>({ limits }: HttpServer, options: ComputeMount<Deps>): Common<Deps> => ({
  router: routeTable(options.routes),
  deps: options.deps,
  log: options.log,
  authenticate: options.authenticate,
  policy: options.policy,
  shares: options.shares ?? new ProjectShares(0),
  idempotency: options.idempotency,
  publicOrigin: options.publicOrigin,
  projectInPath: true,
  idHeaders: (requestId) => ({ 'x-openstack-request-id': requestId, 'x-compute-request-id': requestId }),
  bodyBytes: limits.bodyBytes,
  jsonDepth: limits.jsonDepth,
  mediaTypes: MEDIA_TYPES,
  // Not 415: this is what clients of the compute API have always seen.
  wrongMediaType: malformedBody,
  statuses: {},
  faultBody: computeFaultBody,
  faultHeaders: ({ status }) =>
    status === 401
      ? { 'Content-Type': 'application/json', ...authenticateHeader(options.identityUrl) }
      : { 'Content-Type': 'application/json; charset=UTF-8' },
});
