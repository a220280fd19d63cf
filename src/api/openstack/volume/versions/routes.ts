import { Type as t } from '@sinclair/typebox';
import { strictObject } from '../../../../lib/versioning/schema.ts';
import { exactly } from '../../../pipeline/answer.ts';
import { ok, route } from '../../../pipeline/route.ts';
import { versions } from '../microversions.ts';

const link = strictObject({ rel: t.String(), href: t.String(), type: t.Optional(t.String()) });

const document = strictObject({
  versions: t.Array(
    strictObject({
      id: t.String(),
      status: t.String(),
      version: t.String(),
      min_version: t.String(),
      updated: t.String(),
      links: t.Array(link),
      'media-types': t.Array(strictObject({ base: t.String(), type: t.String() })),
    }),
  ),
});

/** The API's date of release; clients only compare it. */
const UPDATED = '2023-08-31T00:00:00Z';

const listed = (origin: string) => ({
  versions: [
    {
      id: 'v3.0',
      status: 'CURRENT',
      version: versions.max.version,
      min_version: versions.min.version,
      updated: UPDATED,
      links: [
        { rel: 'describedby', type: 'text/html', href: 'https://docs.openstack.org/' },
        { rel: 'self', href: `${origin}/v3/` },
      ],
      'media-types': [{ base: 'application/json', type: 'application/vnd.openstack.volume+json;version=3' }],
    },
  ],
});

/** GET / needs no token; 300 is part of the contract. */
export const listVolumeVersions = route({
  method: 'GET',
  path: '/',
  summary: 'List the versions of the volume API.',
  auth: 'none',
  status: 300,
  answers: exactly(document),
  handle: ({ bookmarkUrl }) => ok(listed(bookmarkUrl)),
});

/** GET /v3/ shows the same to whoever has a token. */
export const showVolumeVersion = route({
  method: 'GET',
  path: '/',
  summary: 'Show the version of this API.',
  status: 200,
  answers: exactly(document),
  handle: ({ bookmarkUrl }) => ok(listed(bookmarkUrl)),
});
