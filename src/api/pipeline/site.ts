// What makes one API out of the pipeline: its routes, its face, and how versions are agreed.
import type { Context } from '../../lib/context/context.ts';
import type { Exchange } from '../../lib/http/exchange.ts';
import type { HttpFault } from '../../lib/http/http-fault.ts';
import type { PathRouter } from '../../lib/http/path-router.ts';
import type { Log } from '../../lib/log/log.ts';
import type { Microversion } from '../../lib/versioning/microversion.ts';
import type { QueryParams } from '../../lib/versioning/query-params.ts';
import type { Face } from './face.ts';
import type { Headers } from './headers.ts';
import type { IdempotencyKeys } from './idempotency.ts';
import type { ProjectShares } from './project-shares.ts';
import type { Route } from './route.ts';

/** The policy as the pipeline needs it. */
export interface PolicyGate {
  /** Throws a `forbidden` error where the rule does not hold. */
  readonly check: (ctx: Context, rule: string, target?: object) => void | Promise<void>;
  readonly may: (ctx: Context, rule: string, target?: object) => boolean;
}

/** Everything goes; for services without a policy of their own. */
export const openPolicy: PolicyGate = { check: () => undefined, may: () => true };

/** One API on the pipeline. */
export interface Site<Deps> extends Face {
  readonly router: PathRouter<Route<Deps>>;
  readonly deps: Deps;
  readonly log: Log;
  readonly policy: PolicyGate;
  /** How much of it one project may take at a time. */
  readonly shares: ProjectShares;
  /** What remembers the answers to changes that carried an Idempotency-Key; absent, the header means nothing. */
  readonly idempotency?: IdempotencyKeys | undefined;
  /** Where it is mounted, e.g. `/v2.1`. */
  readonly mount: string;
  /** Replaces scheme, host and port in links. */
  readonly publicOrigin: string | undefined;
  /** Whether the first segment of a path may be the caller's project id. */
  readonly projectInPath: boolean;
  readonly versionOf: (exchange: Exchange) => Microversion;
  /** Headers that tell the version, for a version or for the fault of a refused one. */
  readonly versionHeaders: (version: Microversion | HttpFault) => Headers;
  /** Headers that carry the request id. */
  readonly idHeaders: (requestId: string) => Headers;
  readonly unknownKeys: 'refuse' | 'drop';
  /** What a GET route without declared query parameters makes of a query. */
  readonly undeclaredQuery: QueryParams<unknown> | undefined;
  /** The largest body that is not streamed, in bytes. */
  readonly bodyBytes: number;
}
