// Mounts an API: its routes, its face, and the options that all APIs share.
import type { HttpServer } from '../../lib/http/http-server.ts';
import type { Log } from '../../lib/log/log.ts';
import type { Microversion } from '../../lib/versioning/microversion.ts';
import type { Face } from './face.ts';
import type { IdempotencyKeys } from './idempotency.ts';
import { refuse, serve } from './pipeline.ts';
import { ProjectShares } from './project-shares.ts';
import type { Route } from './route.ts';
import { routeTable } from './route-table.ts';
import { openPolicy, type PolicyGate, type Site } from './site.ts';

/** The single version of an unversioned API. */
export const unversioned: Microversion = { name: 'unversioned', version: '', summary: 'The only version.', ordinal: 0 };

/** The options of every API, whatever its format. */
export interface Mount<Deps> {
  readonly routes: readonly Route<Deps>[];
  readonly deps: Deps;
  readonly log: Log;
  /** Left out: everything is allowed, for services without a policy. */
  readonly policy?: PolicyGate;
  /** Left out: no limit per project. */
  readonly shares?: ProjectShares;
  readonly idempotency?: IdempotencyKeys;
  /** Replaces scheme, host and port in links, for services behind a proxy. */
  readonly publicOrigin?: string;
}

type OfSite<Deps> = Pick<
  Site<Deps>,
  'projectInPath' | 'suffix' | 'finalSlash' | 'bodyBytes' | 'unknownKeys' | 'undeclaredQuery' | 'versionOf' | 'versionHeaders'
>;

/** An API with its face. */
export interface FaceMount<Deps> extends Mount<Deps>, Partial<OfSite<Deps>> {
  /** Where it is mounted: `/v3`, `/services/Cloud`, or `''` for every path that no other mount claims. */
  readonly path: string;
  readonly face: Face;
  /** The answer headers that carry the request id. */
  readonly idHeaders: Site<Deps>['idHeaders'];
}

/** Serves the routes below a path, through their face. */
export function mountFace<Deps>({ limits, mount }: HttpServer, { path, face, routes, ...options }: FaceMount<Deps>): void {
  const site: Site<Deps> = {
    policy: openPolicy,
    shares: new ProjectShares(0),
    projectInPath: false,
    suffix: undefined,
    finalSlash: 'nothing',
    bodyBytes: limits.bodyBytes,
    unknownKeys: 'refuse',
    undeclaredQuery: undefined,
    versionOf: () => unversioned,
    versionHeaders: () => ({}),
    publicOrigin: undefined,
    ...options,
    ...face,
    router: routeTable(routes),
    mount: path,
  };
  mount(
    path,
    (exchange) => serve(exchange, site),
    (fault, exchange) => refuse(fault, exchange, site),
  );
}
