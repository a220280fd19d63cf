// An API on a server: its routes, its face, and what all APIs take alike.
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

/** The only version of an API without versions. */
export const unversioned: Microversion = { name: 'unversioned', version: '', summary: 'The only version.', ordinal: 0 };

/** What every API is made of, whatever it speaks. */
export interface Mount<Deps> {
  readonly routes: readonly Route<Deps>[];
  readonly deps: Deps;
  readonly log: Log;
  /** Left out: everything goes, for services without a policy of their own. */
  readonly policy?: PolicyGate;
  /** Left out: a project may take all there is. */
  readonly shares?: ProjectShares;
  readonly idempotency?: IdempotencyKeys;
  /** Replaces scheme, host and port in links, for services behind a proxy. */
  readonly publicOrigin?: string;
}

type OfSite<Deps> = Pick<Site<Deps>, 'projectInPath' | 'bodyBytes' | 'unknownKeys' | 'undeclaredQuery' | 'versionOf' | 'versionHeaders'>;

/** An API of any language. */
export interface FaceMount<Deps> extends Mount<Deps>, Partial<OfSite<Deps>> {
  /** Where it is mounted: `/v3`, `/services/Cloud`, or `''` for everything that nothing else claims. */
  readonly path: string;
  readonly face: Face;
  /** The headers by which its answers tell the request id. */
  readonly idHeaders: Site<Deps>['idHeaders'];
}

/** Serves the routes below a path in the language of their face. */
export function mountFace<Deps>({ limits, mount }: HttpServer, { path, face, routes, ...options }: FaceMount<Deps>): void {
  const site: Site<Deps> = {
    policy: openPolicy,
    shares: new ProjectShares(0),
    projectInPath: false,
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
