import { Type as t } from '@sinclair/typebox';
import { versions } from '../../../../microversions.ts';
import { exactly } from '../../wsgi/answer.ts';
import { ok, route } from '../../wsgi/route.ts';

/** The day on which the API became what it is; clients only compare it. */
const UPDATED = { v21: '2013-07-23T11:33:21Z', v20: '2011-01-21T11:33:21Z' } as const;

const document = t.Object({ version: t.Unknown() });

const describedBy = { rel: 'describedby', type: 'text/html', href: 'http://docs.openstack.org/' };

const mediaType = (version: string) => [{ base: 'application/json', type: `application/vnd.openstack.compute+json;version=${version}` }];

const v21 = (origin: string) => ({
  id: 'v2.1',
  status: 'CURRENT',
  version: versions.max.version,
  min_version: versions.min.version,
  updated: UPDATED.v21,
  links: [{ rel: 'self', href: `${origin}/v2.1/` }],
});

const v20 = (origin: string) => ({
  id: 'v2.0',
  status: 'SUPPORTED',
  version: '',
  min_version: '',
  updated: UPDATED.v20,
  links: [{ rel: 'self', href: `${origin}/v2/` }],
});

/** GET / tells which APIs there are; it needs no token. */
export const listVersions = route({
  method: 'GET',
  path: '/',
  summary: 'List the versions of the API.',
  auth: 'none',
  status: 200,
  answers: exactly(t.Object({ versions: t.Array(t.Unknown()) })),
  handle: ({ bookmarkUrl }) => ok({ versions: [v20(bookmarkUrl), v21(bookmarkUrl)] }),
});

/** GET /v2.1/ and GET /v2/ tell of themselves, also without a token. */
export const showVersion = route({
  method: 'GET',
  path: '/',
  summary: 'Show the version of this API.',
  auth: 'none',
  status: 200,
  answers: exactly(document),
  handle: ({ baseUrl, bookmarkUrl }) => {
    const isLegacy = baseUrl.endsWith('/v2');
    const own = isLegacy ? v20(bookmarkUrl) : v21(bookmarkUrl);
    return ok({ version: { ...own, links: [...own.links, describedBy], 'media-types': mediaType(isLegacy ? '2' : '2.1') } });
  },
});
