import { Type as t } from '@sinclair/typebox';
import { strictObject } from '../../../../lib/versioning/schema.ts';
import { exactly } from '../../../pipeline/answer.ts';
import { ok, route } from '../../../pipeline/route.ts';
import type { VolumeFaceDeps } from '../deps.ts';
import { listingOf } from '../list-query.ts';
import { v } from '../microversions.ts';
import { volumeList } from './list-rules.ts';

const sum = strictObject({
  'volume-summary': strictObject({
    total_count: t.Integer(),
    total_size: t.Integer(),
    metadata: t.Optional(t.Record(t.String(), t.Array(t.String()))),
  }),
});

/** Far more volumes than a project has. */
const ALL = 1_000_000;

const summarize = route({
  method: 'GET',
  path: '/volumes/summary',
  summary: 'Tell how many volumes there are and how large they are together.',
  since: v.summary,
  status: 200,
  answers: exactly(sum),
  handle: async (req, { volumes }: VolumeFaceDeps) => {
    const { items } = await volumes.volumes.list(req.ctx, { ...listingOf(req, volumeList), limit: ALL });
    const values = new Map<string, Set<string>>();
    for (const [key, value] of items.flatMap(({ metadata }) => Object.entries(metadata)))
      values.set(key, (values.get(key) ?? new Set()).add(value));
    const metadata = Object.fromEntries([...values].map(([key, all]) => [key, [...all]]));
    const total = items.reduce((size, { sizeGb }) => size + sizeGb, 0);
    return ok({
      'volume-summary': { total_count: items.length, total_size: total, ...(req.at(v.summaryMetadata) ? { metadata } : {}) },
    });
  },
});

const encryption = strictObject({
  encryption_key_id: t.Null(),
  control_location: t.Optional(t.Null()),
  cipher: t.Optional(t.Null()),
  key_size: t.Optional(t.Null()),
  provider: t.Optional(t.Null()),
});

const showEncryption = route({
  method: 'GET',
  path: '/volumes/{id}/encryption',
  summary: 'Show how a volume is encrypted.',
  status: 200,
  answers: exactly(encryption),
  handle: async ({ ctx, params }, { volumes }: VolumeFaceDeps) => {
    await volumes.volumes.show(ctx, params.id);
    return ok({ encryption_key_id: null });
  },
});

/** What is told about all volumes together, and about the encryption of one. */
export const summaryRoutes = [summarize, showEncryption];
