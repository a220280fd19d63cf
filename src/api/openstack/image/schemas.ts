/** The published schemas, which some clients fetch first; made from the schemas that validate bodies. */
import { type TSchema, Type as t } from '@sinclair/typebox';
import { exactly } from '../../pipeline/answer.ts';
import { ok, route } from '../../pipeline/route.ts';
import { knownProperties, readable, settable } from './image-attributes.ts';
import { memberFields } from './image-members.ts';

const marked = (fields: Readonly<Record<string, TSchema>>, mark: object) =>
  Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, { ...field, ...mark }]));

const image = {
  name: 'image',
  properties: { ...settable, ...marked(readable, { readOnly: true }), ...marked(knownProperties, { is_base: false }) },
  additionalProperties: { type: 'string' },
  links: [
    { rel: 'self', href: '{self}' },
    { rel: 'enclosure', href: '{file}' },
    { rel: 'describedby', href: '{schema}' },
  ],
};

const member = { name: 'member', properties: memberFields };

/** The schema of a list of such items. */
const collectionOf = (name: string, item: object, { paged }: { readonly paged: boolean }) => ({
  name,
  properties: {
    [name]: { type: 'array', items: item },
    ...(paged && { first: { type: 'string' }, next: { type: 'string' } }),
    schema: { type: 'string' },
  },
  links: [...(paged ? ['first', 'next'] : []).map((rel) => ({ rel, href: `{${rel}}` })), { rel: 'describedby', href: '{schema}' }],
});

const schemas = {
  image,
  images: collectionOf('images', image, { paged: true }),
  member,
  members: collectionOf('members', member, { paged: false }),
} as const;

/** One route for each schema. */
export const schemaRoutes = Object.entries(schemas).map(([name, schema]) =>
  route({
    method: 'GET',
    path: `/v2/schemas/${name}`,
    summary: `The JSON schema of ${name}.`,
    status: 200,
    answers: exactly(t.Object({ name: t.String(), properties: t.Record(t.String(), t.Unknown()) })),
    handle: () => ok(schema),
  }),
);
