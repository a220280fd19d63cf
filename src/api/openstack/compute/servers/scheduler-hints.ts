import { Type as t } from '@sinclair/typebox';
import { anyOf } from '../../../../lib/versioning/schema.ts';
import type { Server } from '../../../../objects/server.ts';

const uuid = t.String({ format: 'uuid' });
const uuids = anyOf(uuid, t.Array(uuid));

/** Scheduler hints: known ones are validated, others pass through. */
export const schedulerHints = t.Unsafe<Record<string, unknown>>(
  t.Object(
    {
      group: t.Optional(uuids),
      different_host: t.Optional(uuids),
      same_host: t.Optional(anyOf(t.String(), t.Array(uuid))),
      query: t.Optional(t.Unsafe({ type: ['string', 'object'] })),
      target_cell: t.Optional(t.String({ minLength: 1, maxLength: 255, format: 'name' })),
      different_cell: t.Optional(anyOf(t.String(), t.Array(t.String()))),
      build_near_host_ip: t.Optional(anyOf(t.String({ format: 'ipv4' }), t.String({ format: 'ipv6' }))),
      cidr: t.Optional(t.String({ pattern: '^/[0-9a-f.:]+$' })),
    },
    { additionalProperties: true },
  ),
);

/** Hints in answers: each is a list, even if a single value was given. */
export const hintLists = t.Record(t.String(), t.Array(t.Unknown()));

export const hintListsOf = ({ schedulerHints: given }: Pick<Server, 'schedulerHints'>): Record<string, unknown[]> =>
  Object.fromEntries(Object.entries(given).map(([name, hint]) => [name, Array.isArray(hint) ? hint : [hint]]));
