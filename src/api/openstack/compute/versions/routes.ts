import { Type as t } from '@sinclair/typebox';
import { errorType } from '../../../../lib/errors/error-type.ts';
import { queryParams } from '../../../../lib/versioning/query-params.ts';
import { strictObject, stringEnum } from '../../../../lib/versioning/schema.ts';
import { versions } from '../../../../microversions.ts';
import { exactly } from '../../../pipeline/answer.ts';
import { ok, route } from '../../../pipeline/route.ts';
import { isLegacy } from '../wire.ts';

/** The API's date of release; clients only compare it. */
const UPDATED = { v21: '2013-07-23T11:33:21Z', v20: '2011-01-21T11:33:21Z' } as const;

const short = {
  id: t.String(),
  status: stringEnum(['CURRENT', 'SUPPORTED']),
  version: t.String(),
  min_version: t.String(),
  updated: t.String({ format: 'date-time' }),
  links: t.Array(strictObject({ rel: t.String(), href: t.String(), type: t.Optional(t.String()) })),
};
const full = { ...short, 'media-types': t.Array(strictObject({ base: t.String(), type: t.String() })) };
const document = strictObject({ version: strictObject(full) });

const describedBy = { rel: 'describedby', type: 'text/html', href: 'http://docs.openstack.org/' };

const mediaType = (version: string) => [{ base: 'application/json', type: `application/vnd.openstack.compute+json;version=${version}` }];

const v21 = (origin: string) => ({
  id: 'v2.1',
  status: 'CURRENT' as const,
  version: versions.max.version,
  min_version: versions.min.version,
  updated: UPDATED.v21,
  links: [{ rel: 'self', href: `${origin}/v2.1/` }],
});

const v20 = (origin: string) => ({
  id: 'v2.0',
  status: 'SUPPORTED' as const,
  version: '',
  min_version: '',
  updated: UPDATED.v20,
  links: [{ rel: 'self', href: `${origin}/v2/` }],
});

/** GET / lists the API versions; it needs no token. */
export const listVersions = route({
  method: 'GET',
  path: '/',
  summary: 'List the versions of the API.',
  auth: 'none',
  status: 200,
  answers: exactly(strictObject({ versions: t.Array(strictObject(short)) })),
  handle: ({ bookmarkUrl }) => ok({ versions: [v20(bookmarkUrl), v21(bookmarkUrl)] }),
});

/** The version document of each. */
const documents = {
  'v2.0': (origin: string) => inFull(v20(origin), '2'),
  'v2.1': (origin: string) => inFull(v21(origin), '2.1'),
} as const;

const inFull = <V extends ReturnType<typeof v20 | typeof v21>>(short: V, version: string) => ({
  version: { ...short, links: [...short.links, describedBy], 'media-types': mediaType(version) },
});

/** GET /v2.1/ and GET /v2/ show their own version, also without a token. */
export const showVersion = route({
  method: 'GET',
  path: '/',
  summary: 'Show the version of this API.',
  auth: 'none',
  query: queryParams({}),
  status: 200,
  answers: exactly(document),
  handle: (req) => ok(documents[isLegacy(req) ? 'v2.0' : 'v2.1'](req.bookmarkUrl)),
});

const VersionNotFound = errorType('VersionNotFound', 'not-found', (p: { id: string }) => `There is no version ${p.id} of the API.`);

/** Each also shows both by id. */
export const showVersionById = route({
  method: 'GET',
  path: '/versions/{id}',
  summary: 'Show a version of the API by its id.',
  query: queryParams({}),
  status: 200,
  answers: exactly(document),
  handle: ({ params: { id }, bookmarkUrl }) => {
    if (id !== 'v2.0' && id !== 'v2.1') throw VersionNotFound({ id });
    return ok(documents[id](bookmarkUrl));
  },
});
