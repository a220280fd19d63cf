import { Type as t } from '@sinclair/typebox';
import { errorType } from '../../../../lib/errors/error-type.ts';
import { exactly } from '../../../pipeline/answer.ts';
import { ok, route } from '../../../pipeline/route.ts';
import { isLegacy } from '../wire.ts';
import { extensionList, legacyExtension } from './extension-list.ts';

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

type Listed = readonly [alias: string, name: string, description: string];

const shown = ([alias, name, description]: Listed) => ({ alias, name, description, ...common });
const extensions = extensionList.map(shown);
const legacyExtensions = [...extensions, shown(legacyExtension)];

const extensionsFor = (req: { readonly baseUrl: string }) => (isLegacy(req) ? legacyExtensions : extensions);

export const listExtensions = route({
  method: 'GET',
  path: '/extensions',
  summary: 'List the extensions, for old clients that check for features.',
  policy: 'os_compute_api:extensions',
  status: 200,
  answers: exactly(t.Object({ extensions: t.Array(extension) })),
  handle: (req) => ok({ extensions: extensionsFor(req) }),
});

export const showExtension = route({
  method: 'GET',
  path: '/extensions/{alias}',
  summary: 'Show an extension.',
  policy: 'os_compute_api:extensions',
  status: 200,
  answers: exactly(t.Object({ extension })),
  handle: (req) => {
    const { alias } = req.params;
    const found = extensionsFor(req).find((one) => one.alias === alias);
    if (!found) throw ExtensionNotFound({ alias });
    return ok({ extension: found });
  },
});
