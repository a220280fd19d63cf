import { Type as t } from '@sinclair/typebox';
import { errorType } from '../../../../lib/errors/error-type.ts';
import { exactly } from '../../../pipeline/answer.ts';
import { ok, route } from '../../../pipeline/route.ts';
import { extensionList } from './extension-list.ts';

const ExtensionNotFound = errorType(
  'ExtensionNotFound',
  'not-found',
  (p: { alias: string }) => `Extension with alias ${p.alias} does not exist`,
);

/** Legacy fields of extensions: one date and one namespace for all. */
const common = { links: [], namespace: 'http://docs.openstack.org/compute/ext/fake_xml', updated: '2014-12-03T00:00:00Z' };

const extension = t.Object({
  alias: t.String(),
  name: t.String(),
  description: t.String(),
  links: t.Array(t.Unknown()),
  namespace: t.String(),
  updated: t.String(),
});

const extensions = extensionList.map(([alias, name, description]) => ({ alias, name, description, ...common }));

export const listExtensions = route({
  method: 'GET',
  path: '/extensions',
  summary: 'List the extensions, for old clients that check for features.',
  policy: 'os_compute_api:extensions',
  status: 200,
  answers: exactly(t.Object({ extensions: t.Array(extension) })),
  handle: () => ok({ extensions }),
});

export const showExtension = route({
  method: 'GET',
  path: '/extensions/{alias}',
  summary: 'Show an extension.',
  policy: 'os_compute_api:extensions',
  status: 200,
  answers: exactly(t.Object({ extension })),
  handle: ({ params: { alias } }) => {
    const found = extensions.find((one) => one.alias === alias);
    if (!found) throw ExtensionNotFound({ alias });
    return ok({ extension: found });
  },
});
