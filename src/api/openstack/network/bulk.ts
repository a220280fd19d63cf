/** Creating one thing or many at once: `{ network: {...} }` or `{ networks: [...] }`, answered in the form in which it was asked. */
import { Type as t } from '@sinclair/typebox';
import { type BodyFields, bodyObject } from '../../../lib/versioning/body-object.ts';
import { perVersion } from '../../../lib/versioning/microversion.ts';
import { envelopeBody, type RequestBody, requestBody } from '../../../lib/versioning/request-body.ts';
import type { Resource } from '../../../lib/versioning/resource.ts';
import { listOf, type ObjectHead } from '../../../lib/versioning/shape.ts';
import { invariant } from '../../../lib/errors/invariant.ts';
import type { Answer } from '../../pipeline/answer.ts';

/** Things of one kind, and whether they came as a list. */
export interface Batch<out D> {
  readonly items: readonly D[];
  readonly isList: boolean;
}

/** All of them are made while others wait, so there is an end. */
const MAX_ITEMS = 100;

/** The words for one and for many on the wire. */
export interface Words {
  readonly one: string;
  readonly many: string;
}

/** A body with one object or a list of them. */
export function oneOrMany<const F extends BodyFields>({ one, many }: Words, fields: F): RequestBody<Batch<ObjectHead<F>>> {
  const single = requestBody(one, fields);
  const list = envelopeBody(many, listOf(bodyObject(fields), { minItems: 1, maxItems: MAX_ITEMS }));
  return {
    key: undefined,
    schemaAt: perVersion((at) => t.Union([single.schemaAt(at), list.schemaAt(at)])),
    // Told apart by the key, so that what is wrong inside is told of the form that was meant.
    parse: (raw, at, options) =>
      typeof raw === 'object' && raw !== null && Object.hasOwn(raw, many)
        ? { items: list.parse(raw, at, options), isList: true }
        : { items: [single.parse(raw, at, options)], isList: false },
  };
}

/** What was made, as it was asked for. */
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

/** Makes what a body asks for, through the component's api. */
export async function makeBatch<W, D>(
  { items, isList }: Batch<W>,
  make: (items: readonly W[]) => Promise<readonly D[]>,
): Promise<Batch<D>> {
  return { items: await make(items), isList };
}
