import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Type as t, type TSchema, type Static } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import { parse } from 'yaml';
import { messageOf } from '../../lib/errors/error-type.ts';
import { CannotStart } from '../cannot-start.ts';

/** How long an API may take to answer. */
const ANSWER_LIMIT_MS = 30_000;

const cloudsFile = t.Object({
  clouds: t.Object({
    'nova-ts': t.Object({
      auth: t.Object({
        auth_url: t.String(),
        username: t.String(),
        password: t.String(),
        project_name: t.String(),
        user_domain_name: t.String(),
        project_domain_name: t.String(),
      }),
    }),
  }),
});
const login = t.Object({
  token: t.Object({
    catalog: t.Array(t.Object({ type: t.String(), endpoints: t.Array(t.Object({ interface: t.String(), url: t.String() })) })),
  }),
});

/** The admin of a running cloud, logged in with the files that the cloud wrote. */
export interface CloudSession {
  /** GET of the compute API; undefined where there is no such thing. */
  compute<S extends TSchema>(path: string, shape: S): Promise<Static<S> | undefined>;
}

export async function openSession(stateDir: string): Promise<CloudSession> {
  const file = join(stateDir, 'clouds.yaml');
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw CannotStart({ because: `there is no cloud in ${stateDir} (${messageOf(error)}): set NOVA_STATE_DIR to where yours is` });
  });
  const { auth } = Value.Parse(cloudsFile, parse(text)).clouds['nova-ts'];
  const identity = {
    methods: ['password'],
    password: { user: { name: auth.username, domain: { name: auth.user_domain_name }, password: auth.password } },
  };
  const scope = { project: { name: auth.project_name, domain: { name: auth.project_domain_name } } };
  const answer = await ask(`${auth.auth_url}/auth/tokens`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ auth: { identity, scope } }),
  });
  if (!answer.ok) throw CannotStart({ because: `the cloud refuses the login in ${file} (status ${answer.status})` });
  const { token } = Value.Parse(login, await answer.json());
  const compute = token.catalog.find(({ type }) => type === 'compute')?.endpoints.find((one) => one.interface === 'public')?.url ?? '';
  const headers = { 'x-auth-token': answer.headers.get('x-subject-token') ?? '' };
  return {
    compute: async (path, shape) => {
      const found = await ask(`${compute}${path}`, { headers });
      if (found.status === 404) return undefined;
      if (!found.ok) throw CannotStart({ because: `the compute API answers ${found.status} to ${path}` });
      return Value.Parse(shape, await found.json());
    },
  };
}

async function ask(url: string, request: RequestInit): Promise<Response> {
  try {
    return await fetch(url, { ...request, signal: AbortSignal.timeout(ANSWER_LIMIT_MS) });
  } catch {
    throw CannotStart({ because: `the cloud does not answer at ${url}: is it running? ("nova-ts status")` });
  }
}
