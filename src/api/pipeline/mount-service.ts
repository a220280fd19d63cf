// A stand-alone face (identity, image, network, volume) on a server: the same pipeline without microversions, faults in its own shape.
import { STATUS_CODES } from 'node:http';
import type { Kind } from '../../lib/errors/kind.ts';
import type { HttpServer } from '../../lib/http/http-server.ts';
import { badMediaType } from '../../lib/http/json-body.ts';
import type { Log } from '../../lib/log/log.ts';
import type { Microversion } from '../../lib/versioning/microversion.ts';
import { authenticateHeader } from './compute-fault.ts';
import { refuse, serve } from './pipeline.ts';
import { ProjectShares } from './project-shares.ts';
import type { Route } from './route.ts';
import { routeTable } from './route-table.ts';
import { openPolicy, type Authenticate, type PolicyGate, type Site } from './site.ts';

/** The only version of an API without versions. */
export const unversioned: Microversion = { name: 'unversioned', version: '', summary: 'The only version.', ordinal: 0 };

export interface ServiceMount<Deps> {
  /** Where it is mounted: `/v3`, `/v2.0`, or `''` for everything that nothing else claims. */
  readonly path: string;
  readonly routes: readonly Route<Deps>[];
  readonly deps: Deps;
  readonly log: Log;
  /** Left out: no route asks for a token. */
  readonly authenticate?: Authenticate;
  readonly policy?: PolicyGate;
  /** Left out: a project may take all there is. */
  readonly shares?: ProjectShares;
  /** The service's shape for a fault: code 404, title "Not Found", the sentence, and the error's declared name if it has one. */
  readonly errorBody: (code: number, title: string, message: string, errorName: string | undefined) => unknown;
  /** Statuses in which this service differs, e.g. `{ 'over-limit': 409 }`. */
  readonly statuses?: Partial<Record<Kind, number>>;
  readonly unknownKeys?: 'refuse' | 'drop';
  /** Replaces the server's bound on JSON bodies. */
  readonly bodyBytes?: number;
  /** Whether paths begin with the project id, as volume's do. */
  readonly projectInPath?: boolean;
  readonly identityUrl?: string;
  readonly publicOrigin?: string;
}

const JSON_TYPES = /^application\/([\w.-]+\+?)?json(-[\w-]+)?$|^application\/[\w.-]+-json-[\w.-]+$/;

/** Serves the routes below a path. */
export function mountService<Deps>({ limits, mount }: HttpServer, options: ServiceMount<Deps>): void {
  const site: Site<Deps> = {
    router: routeTable(options.routes),
    deps: options.deps,
    log: options.log,
    authenticate: options.authenticate,
    policy: options.policy ?? openPolicy,
    shares: options.shares ?? new ProjectShares(0),
    mount: options.path,
    publicOrigin: options.publicOrigin,
    projectInPath: options.projectInPath ?? false,
    versionOf: () => unversioned,
    versionHeaders: () => ({}),
    idHeaders: (requestId) => ({ 'x-openstack-request-id': requestId }),
    unknownKeys: options.unknownKeys ?? 'refuse',
    undeclaredQuery: undefined,
    bodyBytes: options.bodyBytes ?? limits.bodyBytes,
    jsonDepth: limits.jsonDepth,
    mediaTypes: JSON_TYPES,
    wrongMediaType: badMediaType,
    statuses: options.statuses ?? {},
    faultBody: ({ status, message, code }) => options.errorBody(status, STATUS_CODES[status] ?? 'Error', message, code),
    faultHeaders: ({ status }) => ({
      'Content-Type': 'application/json',
      ...(status === 401 && options.identityUrl !== undefined ? authenticateHeader(options.identityUrl) : {}),
    }),
  };
  mount(
    options.path,
    (exchange) => serve(exchange, site),
    (fault, exchange) => refuse(fault, exchange, site),
  );
}
