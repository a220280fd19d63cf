/** The data that a user gives to a guest, as the OpenStack API accepts it. */
import { Type as t } from '@sinclair/typebox';
import { nullable, stringMap } from '../../lib/versioning/schema.ts';

/** Keys and values of a server's metadata. */
export const METADATA_KEY = '^[a-zA-Z0-9-_:. ]{1,255}$';
export const metadataMap = stringMap(METADATA_KEY, t.String({ maxLength: 255 }));

/** A single item of metadata. */
export const metadataItem = t.Unsafe<Record<string, string>>({ ...metadataMap, minProperties: 1, maxProperties: 1 });

/** A file to inject into the guest. */
export const file = t.Object({ path: t.String(), contents: t.String({ format: 'base64' }) }, { additionalProperties: false });

/** Ids of the certificates that may have signed the image. */
export const certificates = nullable(t.Array(t.String({ minLength: 1 }), { minItems: 1, maxItems: 50, uniqueItems: true }));

/** The maximum length of user data, in base64 characters. */
export const MAX_USER_DATA = 65_535;
export const userData = t.String({ format: 'base64', maxLength: MAX_USER_DATA });
