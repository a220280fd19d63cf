import { Type as t } from '@sinclair/typebox';
import type { Credentials } from './credentials.ts';
import { demoFailed } from './demo-failed.ts';
import { ask, readAs } from './rest.ts';

/** A user who has logged in: a token, and where the services are. */
export interface Session {
  readonly token: string;
  /** The public address of a service by its type in the catalog, without a slash at its end and, but for compute, without a version. */
  urlOf(type: 'compute' | 'image' | 'network'): string;
}

const tokenAnswer = t.Object({
  token: t.Object({
    catalog: t.Array(t.Object({ type: t.String(), endpoints: t.Array(t.Object({ interface: t.String(), url: t.String() })) })),
  }),
});

/** Logs in as any client does: password and project for a token with a catalog. */
export async function logIn(who: Credentials, signal: AbortSignal): Promise<Session> {
  const { username, password, project_name, user_domain_name, project_domain_name } = who;
  const user = { name: username, password, domain: { name: user_domain_name } };
  const body = {
    auth: {
      identity: { methods: ['password'], password: { user } },
      scope: { project: { name: project_name, domain: { name: project_domain_name } } },
    },
  };
  const question = { method: 'POST', url: `${who.auth_url}/auth/tokens`, body, signal } as const;
  const { text, headers } = await ask(question);
  const { catalog } = readAs(tokenAnswer, question, text).token;
  return {
    token: headers.get('x-subject-token') ?? '',
    urlOf: (type) => {
      const endpoints = catalog.find((service) => service.type === type)?.endpoints;
      const url = endpoints?.find((endpoint) => endpoint.interface === 'public')?.url;
      if (url === undefined) throw demoFailed(`The catalog has no public address of type ${type}.`);
      // Catalogs name image and network services with or without their version.
      return url.replace(type === 'compute' ? /\/$/ : /(\/v2(\.0)?)?\/?$/, '');
    },
  };
}
