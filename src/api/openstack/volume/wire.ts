// Formats that the resources of the volume API share.
import { Type as t, type Static } from '@sinclair/typebox';
import { nullable, stringMap } from '../../../lib/versioning/schema.ts';
import { bodyField, upgraded } from '../../../lib/versioning/shape.ts';

/** A time with microseconds and without zone, or null. @example 2026-11-22T06:47:57.000000 */
export const timeText = (time: Date | null): string | null => (time === null ? null : `${time.toISOString().slice(0, 23)}000`);

const TRUE = ['1', 'on', 'true', 't', 'True', 'TRUE', 'y', 'yes', 'On', 'ON', 'T', 'Y', 'Yes', 'YES'];
const FALSE = ['0', 'off', 'false', 'f', 'False', 'FALSE', 'n', 'no', 'Off', 'OFF', 'F', 'N', 'No', 'NO'];

const truthValue = t.Unsafe<boolean | string>({ type: ['boolean', 'string'], enum: [true, false, ...TRUE, ...FALSE] });

/** A truth value, also as one of many texts. */
export const truth = upgraded(truthValue, (value) => value === true || TRUE.includes(String(value)));

/** The truth of a text; undefined if it has none. */
export const truthOf = (text: string): boolean | undefined => (TRUE.includes(text) ? true : FALSE.includes(text) ? false : undefined);

/** A size in GiB as a number or as text. */
export const sizeGb = upgraded(
  t.Unsafe<number | string>({
    type: ['integer', 'string'],
    pattern: '^0*[1-9][0-9]*$',
    minLength: 1,
    maxLength: 10,
    minimum: 1,
    maximum: 2 ** 31 - 1,
    format: 'int32',
  }),
  Number,
);

/** A name or description: surrounding blanks are dropped. */
const textOrNull = upgraded(nullable(t.String({ maxLength: 255 })), (text) => text?.trim() ?? null);

/** The name and the description in a body, each also under its older name. */
export const namingFields = {
  name: bodyField({ type: textOrNull }),
  display_name: bodyField({ type: textOrNull }),
  description: bodyField({ type: textOrNull }),
  display_description: bodyField({ type: textOrNull }),
};

type Naming = { readonly [Key in keyof typeof namingFields]?: string | null };

/** The name and the description that a body gives; what it does not give is absent. */
export function namingIn(body: Naming): { readonly name?: string | null; readonly description?: string | null } {
  const name = body.name ?? body.display_name;
  const description = body.description ?? body.display_description;
  return { ...(name === undefined ? {} : { name }), ...(description === undefined ? {} : { description }) };
}

/** Metadata: short keys without strange characters. */
export const metadata = stringMap('^[a-zA-Z0-9-_:. /]{1,255}$', t.String({ maxLength: 255 }));

/** A map of texts in an answer. */
export const texts = t.Record(t.String(), t.String());

/** One `{ meta: { key: value } }`. */
export const oneMeta = t.Unsafe<Record<string, string>>({ ...metadata, minProperties: 1, maxProperties: 1 });

/** Any object. */
export const anyObject = t.Unsafe<Record<string, unknown>>({ type: 'object' });

export type Texts = Static<typeof texts>;
