/** Creating one thing or many at once: `{ network: {...} }` or `{ networks: [...] }`, answered in the form of the request. */
import { Type as t } from '@sinclair/typebox';
import { type BodyFields, bodyObject } from '../../../lib/versioning/body-object.ts';
import { perVersion } from '../../../lib/versioning/microversion.ts';
import { envelopeBody, type RequestBody, requestBody } from '../../../lib/versioning/request-body.ts';
import type { Resource } from '../../../lib/versioning/resource.ts';
import { listOf, type ObjectHead } from '../../../lib/versioning/shape.ts';
import { invariant } from '../../../lib/errors/invariant.ts';
import type { Answer } from '../../pipeline/answer.ts';
import { converted } from './converted.ts';

/** Requested resources of one kind, and whether they came as a list. */
export interface Batch<out D> {
  readonly items: readonly D[];
  readonly isList: boolean;
}

/** Limits a bulk request, because others wait while it runs. */
const MAX_ITEMS = 100;

/** The envelope keys for one and for many. */
export interface Words {
  readonly one: string;
  readonly many: string;
}

/** A body with one object or a list of them. */
export function oneOrMany<const F extends BodyFields>({ one, many }: Words, fields: F): RequestBody<Batch<ObjectHead<F>>> {
  const single = converted(requestBody(one, fields));
  const list = converted(envelopeBody(many, listOf(bodyObject(fields), { minItems: 1, maxItems: MAX_ITEMS })));
  return {
    key: undefined,
    schemaAt: perVersion((at) => t.Union([single.schemaAt(at), list.schemaAt(at)])),
    // The key selects the schema, so that errors refer to the form that the client used.
    parse: (raw, at, options) =>
      typeof raw === 'object' && raw !== null && Object.hasOwn(raw, many)
        ? { items: list.parse(raw, at, options), isList: true }
        : { items: [single.parse(raw, at, options)], isList: false },
  };
}

/** The created resources, in the form of the request. */
export const shownBatch = <D>({ one, many }: Words, inner: Resource<D>): Answer<Batch<D>> => ({
  schemaAt: perVersion((at) => {
    const schema = inner.schemaAt(at);
    return t.Union([t.Object({ [one]: schema }), t.Object({ [many]: t.Array(schema) })]);
  }),
  render: ({ items, isList }, view) => {
    const shown = items.map((item) => inner.render(item, view));
    if (isList) return { [many]: shown };
    invariant(shown.length === 1, 'one was asked for and one was made');
    return { [one]: shown[0] };
  },
});

/** Creates the resources in a body, through the component api. */
export async function makeBatch<W, D>(
  { items, isList }: Batch<W>,
  make: (items: readonly W[]) => Promise<readonly D[]>,
): Promise<Batch<D>> {
  return { items: await make(items), isList };
}
