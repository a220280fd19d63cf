import { Type as t } from '@sinclair/typebox';
import { exactly } from '../../pipeline/answer.ts';
import { ok, route } from '../../pipeline/route.ts';

/** The versions whose routes are all here; the first is the current one. 2.6 is left out, because it adds imports. */
const VERSIONS = ['v2.7', 'v2.5', 'v2.4', 'v2.3', 'v2.2', 'v2.1', 'v2.0'];

const schema = t.Object({
  versions: t.Array(
    t.Object({ id: t.String(), status: t.String(), links: t.Array(t.Object({ rel: t.Literal('self'), href: t.String() })) }),
  ),
});

const versionsAt = (path: '/' | '/versions', status: 200 | 300) =>
  route({
    method: 'GET',
    path,
    summary: 'List the versions of the image API.',
    auth: 'none',
    status,
    answers: exactly(schema),
    handle: ({ bookmarkUrl }) =>
      ok({
        versions: VERSIONS.map((id, index) => ({
          id,
          status: index === 0 ? 'CURRENT' : 'SUPPORTED',
          links: [{ rel: 'self' as const, href: `${bookmarkUrl}/v2/` }],
        })),
      }),
  });

/** 300 is part of the contract: clients choose a version from the list. */
export const choices = versionsAt('/', 300);
export const versions = versionsAt('/versions', 200);
