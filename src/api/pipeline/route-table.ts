// The routes of one API as a router, refused when two of them could answer the same request.
import { invariant } from '../../lib/errors/invariant.ts';
import { PathRouter } from '../../lib/http/path-router.ts';
import { overlap } from '../../lib/versioning/microversion.ts';
import type { Route } from './route.ts';

/** Makes the router; names the two routes that get in each other's way, if any do. */
export function routeTable<Deps>(routes: readonly Route<Deps>[]): PathRouter<Route<Deps>> {
  for (const rivals of Map.groupBy(routes, placeOf).values()) {
    rivals.forEach((one, index) => {
      const other = rivals.slice(index + 1).find((later) => overlap(one, later));
      invariant(!other, `"${one.summary}" and "${other?.summary}" do not share ${placeOf(one)} at one version`);
    });
  }
  return new PathRouter(routes);
}

/** Parameter names do not tell paths apart; the keys of actions do. */
const placeOf = ({ method, path, action }: Route<never>): string => `${method} ${path.replaceAll(/\{\w+\}/g, '{}')} ${action ?? ''}`.trim();
