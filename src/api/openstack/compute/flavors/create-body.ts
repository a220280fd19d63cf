import { Type as t } from '@sinclair/typebox';
import { requestBody } from '../../../../lib/versioning/request-body.ts';
import { nullable } from '../../../../lib/versioning/schema.ts';
import { bodyField, upgraded } from '../../../../lib/versioning/shape.ts';
import { v } from '../../../../microversions.ts';
import { wholeFrom } from '../wire.ts';
import { boolish, isYes, name } from '../../../../operations/wire/words.ts';

/** A flavor's description: any text, or null. */
export const description = nullable(t.String({ maxLength: 65_535 }));

/** Letters, digits, dots, blanks inside, `_` and `-`; numbers are taken as text, `auto` and nothing ask for a new id. */
const id = upgraded(
  t.Unsafe<string | number | null>({
    type: ['string', 'number', 'null'],
    pattern: '^(?! )[a-zA-Z0-9. _-]+(?<! )$',
    minLength: 1,
    maxLength: 255,
  }),
  (asked) => (asked === null || asked === 'auto' ? null : String(asked)),
);

const factor = upgraded(
  t.Unsafe<number | string>({
    type: ['number', 'string'],
    pattern: '^(?=.*[1-9])[0-9]{1,38}(\\.[0-9]{1,38})?$',
    minLength: 1,
    exclusiveMinimum: 0,
    maximum: 3.40282e38,
  }),
  Number,
);

/** POST /flavors, at every version; handlers see the newest form plus removed fields (reference: rest bodies, "flavors"). */
export const createFlavorBody = requestBody('flavor', {
  name: bodyField({ type: name, required: true }),
  id: bodyField({ type: id, absent: null }),
  ram: bodyField({ type: wholeFrom(1), required: true }),
  vcpus: bodyField({ type: wholeFrom(1), required: true }),
  disk: bodyField({ type: wholeFrom(0), required: true }),
  'OS-FLV-EXT-DATA:ephemeral': bodyField({ type: wholeFrom(0), absent: 0 }),
  swap: bodyField({ type: wholeFrom(0), absent: 0 }),
  rxtx_factor: bodyField({ type: factor, until: v.flavorNameFilter, absent: 1 }),
  'os-flavor-access:is_public': bodyField({ type: upgraded(boolish, isYes), absent: true }),
  description: bodyField({ type: description, since: v.flavorDescription, absent: null }),
});
