import { Type as t } from '@sinclair/typebox';
import { AuthenticationFailed, NoProjectScope, NotAuthorized, TokenNotFound } from '../../../identity/errors.ts';
import type { IdentityApi } from '../../../identity/api.ts';
import type { Token } from '../../../objects/principal.ts';
import { exactly } from '../../pipeline/answer.ts';
import { done, ok, route } from '../../pipeline/route.ts';
import { authBody, proofsOf, scopeOf } from './auth-body.ts';
import { endpointsOf } from './catalog.ts';
import type { IdentityFaceDeps } from './deps.ts';
import { linksOf } from './lists.ts';

type Deps = IdentityFaceDeps;

const tokenAnswer = exactly(t.Object({ token: t.Unknown() }));

/** A header that must be sent once; repeated ones are ignored. */
const single = (value: string | string[] | undefined): string | undefined => (typeof value === 'string' ? value : undefined);

export const issueToken = route({
  method: 'POST',
  path: '/auth/tokens',
  summary: "Issue a token for the caller's credentials.",
  auth: 'none',
  body: authBody,
  status: 201,
  answers: tokenAnswer,
  handle: async ({ body, rawQuery, remoteAddress }, deps: Deps) => {
    const token = await deps.identity.authenticate(proofsOf(body), scopeOf(body), remoteAddress);
    return ok({ token: tokenView(token, rawQuery.has('nocatalog') ? undefined : deps) }, { headers: { 'X-Subject-Token': token.text } });
  },
});

type Headers = Readonly<Record<string, string | string[] | undefined>>;

/** The token that the request is about: one of the caller's own, or any for services and admins. An invalid one is not found, whoever asks. */
async function subjectOf(identity: IdentityApi, headers: Headers, rule: `identity:${string}_token`): Promise<Token> {
  const asker = await identity.check(single(headers['x-auth-token']) ?? '');
  if (!asker) throw AuthenticationFailed({});
  const subject = await identity.check(single(headers['x-subject-token']) ?? '');
  if (!subject) throw TokenNotFound({});
  const mayAsk = asker.user.id === subject.user.id || asker.roles.some(({ name }) => name === 'admin' || name === 'service');
  if (!mayAsk) throw NotAuthorized({ rule });
  return subject;
}

export const showToken = route({
  method: 'GET',
  path: '/auth/tokens',
  summary: 'Validate a token and show its content.',
  auth: 'none',
  status: 200,
  answers: tokenAnswer,
  handle: async ({ headers, rawQuery }, deps: Deps) => {
    const token = await subjectOf(deps.identity, headers, 'identity:validate_token');
    return ok({ token: tokenView(token, rawQuery.has('nocatalog') ? undefined : deps) }, { headers: { 'X-Subject-Token': token.text } });
  },
});

export const revokeToken = route({
  method: 'DELETE',
  path: '/auth/tokens',
  summary: 'Revoke a token.',
  auth: 'none',
  status: 204,
  handle: async ({ headers }, { identity }: Deps) => {
    await identity.revoke((await subjectOf(identity, headers, 'identity:revoke_token')).text);
    return done();
  },
});

export const showCatalog = route({
  method: 'GET',
  path: '/auth/catalog',
  summary: 'Show the service catalog.',
  status: 200,
  answers: exactly(t.Object({ catalog: t.Array(t.Unknown()), links: t.Unknown() })),
  handle: ({ ctx, url }, deps: Deps) => {
    if (ctx.projectId === null) throw NoProjectScope({});
    return ok({ catalog: catalogView(deps, ctx.projectId), links: linksOf({ self: url }) });
  },
});

/** Keystone's token document. */
export function tokenView(token: Token, catalog: Pick<Deps, 'catalog' | 'region'> | undefined) {
  const { user, project, domain, roles, methods, auditId, issuedAt, expiresAt } = token;
  return {
    methods,
    user: { ...user, password_expires_at: null },
    audit_ids: [auditId],
    issued_at: exact(issuedAt),
    expires_at: exact(expiresAt),
    ...(project ? { project, roles, is_domain: false } : {}),
    ...(domain ? { domain, roles } : {}),
    ...((project ?? domain) && catalog ? { catalog: catalogView(catalog, project?.id ?? '') } : {}),
  };
}

/** Keystone's time format. @example 2026-11-22T06:47:57.000000Z */
const exact = (time: Date): string => `${time.toISOString().slice(0, 23)}000Z`;

const catalogView = (deps: Pick<Deps, 'catalog' | 'region'>, projectId: string) => {
  const endpoints = endpointsOf(deps, projectId);
  return deps.catalog.map(({ id: serviceId, type, name }) => ({
    id: serviceId,
    type,
    name,
    endpoints: endpoints
      .filter((endpoint) => endpoint.serviceId === serviceId)
      .map(({ id, interface: face, region, url }) => ({ id, interface: face, region, region_id: region, url })),
  }));
};
