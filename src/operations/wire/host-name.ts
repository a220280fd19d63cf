import { Type as t } from '@sinclair/typebox';
import { bodyField } from '../../lib/versioning/shape.ts';
import { v } from '../../microversions.ts';

/** The guest's hostname in request bodies: one label at first, dotted labels in later versions. */
export const hostNameFields = [
  bodyField({
    type: t.String({ minLength: 2, maxLength: 63, pattern: '^[a-zA-Z0-9]+[a-zA-Z0-9-]*[a-zA-Z0-9]+$' }),
    since: v.hostname,
    until: v.hostnameFqdn,
  }),
  bodyField({
    type: t.String({ minLength: 1, maxLength: 255, pattern: '^[a-zA-Z0-9]+([a-zA-Z0-9.-]*[a-zA-Z0-9]+)?$' }),
    since: v.hostnameFqdn,
  }),
] as const;
