// A request body: checked against the schema of the caller's version and upgraded to the newest form.
import { Type as t, type TSchema } from '@sinclair/typebox';
import { bodyObject, type BodyFields, type BodyObjectOptions } from './body-object.ts';
import { perVersion, type Microversion } from './microversion.ts';
import { shapeOf, type HeadOf, type ObjectHead, type Shape, type TypeLike } from './shape.ts';
import { tolerantOf, withoutBlanks } from './tolerance.ts';
import { checkBody } from './validation.ts';

/** How strictly to read: `drop` accepts and drops unknown keys and blanks around names, as the legacy API does. */
export interface ParseOptions {
  readonly unknownKeys?: 'refuse' | 'drop';
}

/** A body that can be parsed at any version into its newest form `H`. */
export interface RequestBody<out H> {
  /** The envelope key, if the body has one. */
  readonly key: string | undefined;
  readonly schemaAt: (at: Microversion) => TSchema;
  /** Throws InvalidInput, worded as the published API words it. */
  readonly parse: (raw: unknown, at: Microversion, options?: ParseOptions) => H;
}

/**
 * A body in an envelope, `{ server: { ... } }`; keys beside the envelope are merged into the same newest form.
 * @example requestBody('server', { name: bodyField({ type: t.String(), required: true }) })
 */
export function requestBody<const F extends BodyFields, const B extends BodyFields = Record<never, never>>(
  key: string,
  fields: F,
  options: BodyObjectOptions & { readonly beside?: B } = {},
): RequestBody<ObjectHead<F> & ObjectHead<B>> {
  const { beside, ...rest } = options;
  const inner = bodyObject(fields, rest);
  const outer = bodyObject(beside ?? {});
  const body: Shape<ObjectHead<F> & ObjectHead<B>> = {
    schemaAt: perVersion((at) => envelopeSchema(key, inner.schemaAt(at), outer.schemaAt(at))),
    upgrade: (value, at) => {
      const given = value as Record<string, unknown>; // Seam: the schema made sure that it is an object.
      return { ...inner.upgrade(given[key], at), ...(outer.upgrade(given, at) as ObjectHead<B>) };
    },
  };
  return parser(key, body);
}

/** A body in an envelope with a value of one type: `{ metadata: { ... } }`, `{ "os-stop": null }`. */
export function envelopeBody<X extends TypeLike>(key: string, type: X): RequestBody<HeadOf<X>> {
  const inner = shapeOf(type);
  return parser(key, {
    schemaAt: perVersion((at) => envelopeSchema(key, inner.schemaAt(at), t.Object({}))),
    upgrade: (value, at) => inner.upgrade((value as Record<string, unknown>)[key], at), // Seam: as above.
  });
}

/** A body without an envelope. */
export const plainBody = <X extends TypeLike>(type: X): RequestBody<HeadOf<X>> => parser(undefined, shapeOf(type));

/** A body that may be missing, and the value it then has. */
export const optionalBody = <H, const A>(body: RequestBody<H>, absent: A): RequestBody<H | A> => ({
  ...body,
  parse: (raw, at, options) => (raw === undefined ? absent : body.parse(raw, at, options)),
});

const envelopeSchema = (key: string, inner: TSchema, beside: TSchema): TSchema =>
  t.Object({ [key]: inner, ...beside['properties'] }, { additionalProperties: false });

function parser<H>(key: string | undefined, shape: Shape<H>): RequestBody<H> {
  return {
    key,
    schemaAt: shape.schemaAt,
    parse: (raw, at, { unknownKeys = 'refuse' } = {}) => {
      const schema = shape.schemaAt(at);
      if (unknownKeys === 'refuse') {
        checkBody(schema, raw);
        return shape.upgrade(raw, at);
      }
      const tolerant = tolerantOf(schema);
      checkBody(tolerant, raw);
      return shape.upgrade(withoutBlanks(tolerant, raw), at);
    },
  };
}
