// Builds an API's router; refuses routes that could answer the same request.
import { invariant } from '../../lib/errors/invariant.ts';
import { PathRouter } from '../../lib/http/path-router.ts';
import { overlap } from '../../lib/versioning/microversion.ts';
import type { Route } from './route.ts';

/** Builds the router; throws with the names of two routes that conflict. */
export function routeTable<Deps>(routes: readonly Route<Deps>[]): PathRouter<Route<Deps>> {
  for (const rivals of Map.groupBy(routes, placeOf).values()) {
    rivals.forEach((one, index) => {
      const other = rivals.slice(index + 1).find((later) => overlap(one, later));
      invariant(!other, `"${one.summary}" and "${other?.summary}" do not share ${placeOf(one)} at one version`);
    });
  }
  return new PathRouter(routes);
}

/** Paths that differ only in parameter names are the same; action keys distinguish routes. */
const placeOf = ({ method, path, action }: Route<never>): string => `${method} ${path.replaceAll(/\{\w+\}/g, '{}')} ${action ?? ''}`.trim();
