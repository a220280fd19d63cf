// Resolves a URL: the routes declared for its path and method, and the project id in it.
import type { Exchange } from '../../lib/http/exchange.ts';
import { decodedSegments, type PathMatch } from '../../lib/http/path-router.ts';
import type { Route } from './route.ts';
import type { Site } from './site.ts';

/** The target of a request, from its method and URL alone. */
export interface Place<Deps> {
  readonly match: PathMatch<Route<Deps>> | undefined;
  /** Declared for this path and method at any version; empty when there are none. */
  readonly candidates: readonly Route<Deps>[];
  /** The project id in the URL. */
  readonly projectId: string | undefined;
}

const PROJECT_ID = /^[0-9a-f-]+$/;

/** Looks up a URL; never fails. */
export function locate<Deps>(exchange: Exchange, { router, projectInPath, suffix, finalSlash }: Site<Deps>): Place<Deps> {
  const path = suffix !== undefined && exchange.path.endsWith(suffix) ? exchange.path.slice(0, -suffix.length) : exchange.path;
  const segments = decodedSegments(path);
  if (!segments) return { match: undefined, candidates: [], projectId: undefined };
  const [first] = segments;
  const hasProject = projectInPath && first !== undefined && PROJECT_ID.test(first) && !router.startsWith(first);
  const named = hasProject ? segments.slice(1) : segments;
  const isEmptyId = finalSlash === 'empty id' && named.length > 0 && path.endsWith('/');
  const match = isEmptyId ? undefined : router.match(named);
  const candidates = match?.methods.get(exchange.method) ?? (exchange.method === 'HEAD' ? match?.methods.get('GET') : undefined) ?? [];
  return { match, candidates, projectId: hasProject ? first : undefined };
}
