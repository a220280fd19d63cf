import { Type as t } from '@sinclair/typebox';
import { exactly } from '../../pipeline/answer.ts';
import { ok, route } from '../../pipeline/route.ts';

const links = t.Array(t.Object({ rel: t.Literal('self'), href: t.String() }));

const linkTo = (href: string) => [{ rel: 'self' as const, href }];

const COLLECTIONS = {
  networks: 'network',
  subnets: 'subnet',
  ports: 'port',
  'security-groups': 'security-group',
  'security-group-rules': 'security-group-rule',
} as const;

/** Where everything begins. */
export const versionRoutes = [
  route({
    method: 'GET',
    path: '/',
    summary: 'The versions of the network service.',
    auth: 'none',
    status: 200,
    answers: exactly(t.Object({ versions: t.Array(t.Object({ id: t.String(), status: t.String(), links })) })),
    handle: ({ bookmarkUrl }) => ok({ versions: [{ id: 'v2.0', status: 'CURRENT', links: linkTo(`${bookmarkUrl}/v2.0/`) }] }),
  }),
  route({
    method: 'GET',
    path: '/v2.0',
    summary: 'What there is in this version.',
    status: 200,
    answers: exactly(t.Object({ resources: t.Array(t.Object({ name: t.String(), collection: t.String(), links })) })),
    handle: ({ bookmarkUrl }) =>
      ok({
        resources: Object.entries(COLLECTIONS).map(([collection, name]) => ({
          name,
          collection,
          links: linkTo(`${bookmarkUrl}/v2.0/${collection}`),
        })),
      }),
  }),
];
