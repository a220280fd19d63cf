// Builds the request that a handler sees: query and body validated at the caller's version, and the base URLs for links.
import type { Context } from '../../lib/context/context.ts';
import type { Exchange } from '../../lib/http/exchange.ts';
import { malformedUrl } from '../../lib/http/http-fault.ts';
import { isPlainText } from '../../lib/http/plain-text.ts';
import { invariant } from '../../lib/errors/invariant.ts';
import type { Microversion } from '../../lib/versioning/microversion.ts';
import type { Place } from './place.ts';
import type { ApiRequest, Route } from './route.ts';
import type { Site } from './site.ts';

interface Parts<Deps> {
  readonly exchange: Exchange;
  readonly place: Place<Deps>;
  readonly site: Site<Deps>;
  readonly ctx: Context;
  readonly version: Microversion;
  readonly route: Route<Deps>;
  readonly raw: unknown;
}

/** Validates query and body; throws InvalidInput. */
export function requestOf<Deps>({ exchange, place, site, ctx, version, route, raw }: Parts<Deps>): ApiRequest {
  invariant(place.match, 'a picked route has a path');
  for (const [name, value] of exchange.query) if (!isPlainText(name) || !isPlainText(value)) throw malformedUrl();
  const declared = route.query ?? (route.method === 'GET' ? site.undeclaredQuery : undefined);
  const query = declared?.parse(exchange.query, version);
  const body = route.body?.parse(raw, version, { unknownKeys: site.unknownKeys });
  const origin = site.publicOrigin ?? exchange.origin;
  const project = place.projectId === undefined ? '' : `/${place.projectId}`;
  const links = { baseUrl: `${origin}${site.mount}${project}`, bookmarkUrl: `${origin}${project}` };
  return {
    ctx,
    params: place.match.paramsOf(route),
    query,
    body,
    version,
    at: (other) => version.ordinal >= other.ordinal,
    ...links,
    view: { at: version, may: remembered((rule) => site.policy.may(ctx, rule)), ...links },
    url: `${origin}${exchange.fullPath}`,
    rawQuery: exchange.query,
    headers: exchange.headers,
    stream: exchange.stream,
    requestId: exchange.requestId,
    remoteAddress: exchange.remoteAddress,
  };
}

/** Caches decisions: a page of servers asks the same few rules for each server. */
function remembered(ask: (rule: string) => boolean): (rule: string) => boolean {
  const known = new Map<string, boolean>();
  return (rule) => {
    const before = known.get(rule);
    if (before !== undefined) return before;
    const found = ask(rule);
    known.set(rule, found);
    return found;
  };
}
