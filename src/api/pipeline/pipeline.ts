// The stages of every request: id, auth, version, share, route, validate, policy, once, handle, render.
import { Readable } from 'node:stream';
import type { Context } from '../../lib/context/context.ts';
import type { Exchange, HttpAnswer } from '../../lib/http/exchange.ts';
import { HttpFault } from '../../lib/http/http-fault.ts';
import type { Microversion } from '../../lib/versioning/microversion.ts';
import { admit, admitEarly } from './auth.ts';
import type { Unidentified } from './face.ts';
import { faultOf } from './fault.ts';
import { once } from './idempotency.ts';
import { pickRoute } from './pick-route.ts';
import { locate, type Place } from './place.ts';
import { rendered } from './render.ts';
import { requestOf } from './request.ts';
import type { Headers } from './headers.ts';
import type { Site } from './site.ts';
import { readBody, unread } from './read-body.ts';

/** Answers one exchange; anything thrown on the way becomes a fault in the site's shape. */
export async function serve<Deps>(exchange: Exchange, site: Site<Deps>): Promise<HttpAnswer> {
  const place = locate(exchange, site);
  const asked = unread(exchange, place, site);
  // A read need not wait until its caller is known again: it is answered meanwhile, and anew should the caller have changed.
  const early = admitEarly(asked, place, site.identify);
  if (early) {
    const [answer, stillHolds] = await Promise.all([
      answered({ exchange, site, place, asked }, async () => early.found),
      early.stillHolds.catch(() => false),
    ]);
    if (stillHolds) return answer;
    if (answer.body instanceof Readable) answer.body.destroy();
  }
  return await answered({ exchange, site, place, asked }, () => admit(asked, place, site.identify));
}

interface Located<Deps> {
  readonly exchange: Exchange;
  readonly site: Site<Deps>;
  readonly place: Place<Deps>;
  readonly asked: Unidentified;
}

async function answered<Deps>({ exchange, site, place, asked }: Located<Deps>, caller: () => Promise<Context>): Promise<HttpAnswer> {
  let agreed: Microversion | HttpFault | undefined;
  const headers = (): Headers => headersOf(exchange, site, agreed);
  try {
    const ctx = await caller();
    const version = (agreed = site.versionOf(exchange));
    return await site.shares.within(ctx, async () => {
      const raw = await readBody(asked, place, site);
      const route = pickRoute(place, version, () => site.actionOf(raw));
      const req = requestOf({ exchange, place, site, ctx, version, route, raw });
      if (route.policy !== undefined) await site.policy.check(ctx, route.policy);
      // A handler's fault is an answer like any other: a retry gets the same fault.
      return await once(site.idempotency, { exchange, ctx, version, raw }, async (worker) => {
        try {
          const reply = await route.handle({ ...req, ctx: worker }, site.deps);
          return rendered(reply, { exchange, face: site, route, view: req.view, headers: headers() });
        } catch (error) {
          return refused(error, exchange, site, headers());
        }
      });
    });
  } catch (error) {
    if (agreed === undefined && error instanceof HttpFault) agreed = error;
    return refused(error, exchange, site, headers());
  }
}

const headersOf = <Deps>({ requestId }: Exchange, site: Site<Deps>, agreed: Microversion | HttpFault | undefined): Headers => ({
  ...(agreed ? site.versionHeaders(agreed) : {}),
  ...site.idHeaders(requestId),
});

/** Refuses an exchange before any stage has run. */
export const refuse = <Deps>(fault: HttpFault, exchange: Exchange, site: Site<Deps>): HttpAnswer =>
  refused(fault, exchange, site, site.idHeaders(exchange.requestId));

function refused<Deps>(error: unknown, exchange: Exchange, site: Site<Deps>, headers: Headers): HttpAnswer {
  const { requestId, method, fullPath } = exchange;
  const fault = faultOf(error, requestId, site.faults.statuses);
  if (fault.unexpected) site.log.error({ err: error, requestId, method, path: fullPath }, 'a request failed with an unexpected error');
  const told = site.faults.tell(fault, exchange);
  const all = { ...headers, ...fault.headers, ...told.headers };
  return told.body === undefined ? { status: fault.status, headers: all } : { status: fault.status, headers: all, body: told.body };
}
