/** Fields that the identity API's resources share, in requests and answers. */
import { Type as t } from '@sinclair/typebox';
import { MAX_TAGS } from '../../../objects/identity.ts';
import { field } from '../../../lib/versioning/resource.ts';
import { nullable } from '../../../lib/versioning/schema.ts';

/** Keystone's length limits. A name must not be blank. */
export const shortName = t.String({ minLength: 1, maxLength: 64, pattern: '\\S' });
export const longName = t.String({ minLength: 1, maxLength: 255, pattern: '\\S' });
export const text = t.String({ maxLength: 4_096 });
export const id = t.String({ minLength: 1, maxLength: 64 });
/** In one project at most 80 tags, as a Keystone allows; a tag has neither commas nor slashes. */
export const tag = t.String({ minLength: 1, maxLength: 255, pattern: '^[^,/]*$' });
export const tags = t.Array(tag, { maxItems: MAX_TAGS, uniqueItems: true });
/** An upper limit for passwords, which bounds the cost of hashing. */
export const password = t.String({ minLength: 1, maxLength: 4_096 });
export const nullableText = nullable(text);
export const nullableId = nullable(id);

/** Options of a domain, project or role, as shown. */
export const options = t.Object({ immutable: t.Optional(t.Boolean()) });
/** The same in a request; null unsets one. Its keys are matched by a pattern, so that unknown ones are refused although bodies may have them. */
export const optionChanges = t.Record(t.String({ pattern: '^immutable$' }), nullable(t.Boolean()), { additionalProperties: false });

/** The `self` link of a resource. */
export const selfLink = (collection: string) =>
  field(t.Object({ self: t.String() }), (kept: { readonly id: string }, { baseUrl }) => ({ self: `${baseUrl}/${collection}/${kept.id}` }));
