// Picks the route for a path at the caller's version; actions are selected by their body.
import { badMethod, HttpFault, notFound } from '../../lib/http/http-fault.ts';
import { live, type Microversion } from '../../lib/versioning/microversion.ts';
import type { Place } from './place.ts';
import type { Route } from './route.ts';

/** The route to serve, or a refusal: 404 for an unknown path or version, 405 for a method, 400 for an action. */
export function pickRoute<Deps>({ match, candidates }: Place<Deps>, at: Microversion, actionOf: () => string): Route<Deps> {
  if (!match) throw notFound();
  if (candidates.length === 0) throw badMethod([...match.methods.keys()]);
  const isAction = candidates.some((route) => route.action !== undefined);
  const found = (isAction ? ofAction(candidates, actionOf()) : candidates).find((route) => live(route, at));
  if (!found) throw notFound();
  return found;
}

function ofAction<Deps>(candidates: readonly Route<Deps>[], key: string): readonly Route<Deps>[] {
  const known = candidates.filter((route) => route.action === key);
  if (known.length === 0) throw new HttpFault(400, `There is no such action: ${key.slice(0, 255)}`);
  return known;
}
