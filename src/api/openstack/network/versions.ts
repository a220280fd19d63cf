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
  routers: 'router',
  floatingips: 'floatingip',
  subnetpools: 'subnetpool',
} as const;

/** GET /: the API versions. */
export const versionRoutes = [
  route({
    method: 'GET',
    path: '/',
    summary: 'List the versions of the network API.',
    auth: 'none',
    status: 200,
    answers: exactly(t.Object({ versions: t.Array(t.Object({ id: t.String(), status: t.String(), links })) })),
    handle: ({ bookmarkUrl }) => ok({ versions: [{ id: 'v2.0', status: 'CURRENT', links: linkTo(`${bookmarkUrl}/v2.0/`) }] }),
  }),
  route({
    method: 'GET',
    path: '/v2.0',
    summary: 'List the resources of this version.',
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
