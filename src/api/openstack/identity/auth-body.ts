import { type Static, Type as t } from '@sinclair/typebox';
import type { Proof, Scope } from '../../../identity/api.ts';
import { envelopeBody } from '../../../lib/versioning/request-body.ts';
import { InvalidInput } from '../../../lib/versioning/validation.ts';
import type { DomainRef, ProjectRef } from '../../../objects/principal.ts';

const text = t.String({ minLength: 1, maxLength: 255 });
const domain = t.Object({ id: t.Optional(text), name: t.Optional(text) });
const user = t.Object({
  id: t.Optional(text),
  name: t.Optional(text),
  domain: t.Optional(domain),
  password: t.String({ maxLength: 4096 }),
});
const project = t.Object({ id: t.Optional(text), name: t.Optional(text), domain: t.Optional(domain) });

const auth = t.Object({
  identity: t.Object({
    methods: t.Array(t.String(), { minItems: 1, maxItems: 8 }),
    password: t.Optional(t.Object({ user })),
    token: t.Optional(t.Object({ id: t.String({ maxLength: 4096 }) })),
  }),
  scope: t.Optional(
    t.Union([
      t.Literal('unscoped'),
      t.Object({
        project: t.Optional(project),
        domain: t.Optional(domain),
        system: t.Optional(t.Unknown()),
        unscoped: t.Optional(t.Unknown()),
      }),
    ]),
  ),
});
type Auth = Static<typeof auth>;

/** POST /v3/auth/tokens (Identity API v3, "Authentication and token management"). */
export const authBody = envelopeBody('auth', auth);

/** The client's credentials in the order of its methods, without duplicates. */
export const proofsOf = ({ identity }: Auth): Proof[] => [...new Set(identity.methods)].map((method) => proofOf(method, identity));

function proofOf(method: string, identity: Auth['identity']): Proof {
  if (method === 'token') {
    if (!identity.token) throw missing('token', 'identity');
    return { method, token: identity.token.id };
  }
  if (method !== 'password') throw InvalidInput({ message: `Unsupported authentication method: ${method}` });
  if (!identity.password) throw missing('password', 'identity');
  const { password, ...who } = identity.password.user;
  const { id, name } = who;
  if (id !== undefined) return { method, user: { id }, password };
  if (name === undefined) throw missing('name', 'user');
  return { method, user: { name, domain: domainOf(who, 'user') }, password };
}

/** The requested scope of the token. */
export function scopeOf({ scope }: Auth): Scope {
  if (scope === undefined) return 'default';
  if (scope === 'unscoped' || 'unscoped' in scope) return 'unscoped';
  if (scope.system !== undefined)
    throw InvalidInput({ message: "Invalid input for field 'scope': tokens for the whole system are not supported; ask for a project." });
  if (scope.domain && scope.project) throw InvalidInput({ message: "Invalid input for field 'scope': either a project or a domain." });
  if (scope.domain) return { domain: domainOf({ domain: scope.domain }, 'scope') };
  if (!scope.project) throw missing('project', 'scope');
  return { project: projectOf(scope.project) };
}

function projectOf(wanted: Static<typeof project>): ProjectRef {
  const { id, name } = wanted;
  if (id !== undefined) return { id };
  if (name === undefined) throw missing('name', 'project');
  return { name, domain: domainOf(wanted, 'project') };
}

function domainOf({ domain: within }: { domain?: Static<typeof domain> }, target: string): DomainRef {
  if (within?.id !== undefined) return { id: within.id };
  if (within?.name !== undefined) return { name: within.name };
  throw missing('domain', target);
}

/** Keystone's message for a missing attribute. */
const missing = (attribute: string, target: string) => InvalidInput({ message: `Expecting to find ${attribute} in ${target}.` });
