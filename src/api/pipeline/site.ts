// The configuration of one API on the pipeline: its routes, its face, and version negotiation.
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

/** The part of the policy that the pipeline uses. */
export interface PolicyGate {
  /** Throws a `forbidden` error when the rule denies the caller. */
  readonly check: (ctx: Context, rule: string, target?: object) => void | Promise<void>;
  readonly may: (ctx: Context, rule: string, target?: object) => boolean;
}

/** Allows everything; for services without a policy. */
export const openPolicy: PolicyGate = { check: () => undefined, may: () => true };

/** One API on the pipeline. */
export interface Site<Deps> extends Face {
  readonly router: PathRouter<Route<Deps>>;
  readonly deps: Deps;
  readonly log: Log;
  readonly policy: PolicyGate;
  /** Limits the concurrent requests of a project. */
  readonly shares: ProjectShares;
  /** Stores the answers to changes with an Idempotency-Key; when absent, the header is ignored. */
  readonly idempotency?: IdempotencyKeys | undefined;
  /** Where it is mounted, e.g. `/v2.1`. */
  readonly mount: string;
  /** Replaces scheme, host and port in links. */
  readonly publicOrigin: string | undefined;
  /** Whether the first segment of a path may be the caller's project id. */
  readonly projectInPath: boolean;
  /** What a path may end in, to no effect, as old clients write it: `.json`. */
  readonly suffix: string | undefined;
  /** What a slash at the end of a path is: nothing, or the empty id of a thing in the list before it, which is never there. */
  readonly finalSlash: 'nothing' | 'empty id';
  readonly versionOf: (exchange: Exchange) => Microversion;
  /** Version headers, for an accepted version or the fault of a refused one. */
  readonly versionHeaders: (version: Microversion | HttpFault) => Headers;
  /** Headers that carry the request id. */
  readonly idHeaders: (requestId: string) => Headers;
  readonly unknownKeys: 'refuse' | 'drop';
  /** How a GET route without declared query parameters treats a query. */
  readonly undeclaredQuery: QueryParams<unknown> | undefined;
  /** The largest body that is read into memory, in bytes. */
  readonly bodyBytes: number;
}
