import { Type as t } from '@sinclair/typebox';
import { exactly } from '../../pipeline/answer.ts';
import { ok, route } from '../../pipeline/route.ts';

const v3 = (url: string) => ({
  id: 'v3.14',
  status: 'stable',
  updated: '2020-04-07T00:00:00Z',
  links: [{ rel: 'self', href: `${url}/v3/` }],
  'media-types': [{ base: 'application/json', type: 'application/vnd.openstack.identity-v3+json' }],
});

/** GET /: the API versions. 300, because a client has to choose. */
export const choices = route({
  method: 'GET',
  path: '/',
  summary: 'List the versions of the identity API.',
  auth: 'none',
  status: 300,
  answers: exactly(t.Object({ versions: t.Object({ values: t.Array(t.Unknown()) }) })),
  handle: ({ bookmarkUrl }) => ok({ versions: { values: [v3(bookmarkUrl)] } }),
});

/** GET /v3: every openstack command requests it first. */
export const showV3 = route({
  method: 'GET',
  path: '/',
  summary: 'Show the version of the identity API.',
  auth: 'none',
  status: 200,
  answers: exactly(t.Object({ version: t.Unknown() })),
  handle: ({ bookmarkUrl }) => ok({ version: v3(bookmarkUrl) }),
});
