import type { FlavorApi, FlavorSortKey } from '../../../../compute/flavors/flavor-api.ts';
import { InvalidInput } from '../../../../lib/versioning/validation.ts';
import { param, type QueryHead, queryParams } from '../../../../lib/versioning/query-params.ts';
import { stringEnum } from '../../../../lib/versioning/schema.ts';
import { members } from '../../../../lib/versioning/shape.ts';
import { v } from '../../../../microversions.ts';
import { envelope } from '../../../pipeline/answer.ts';
import { collection } from '../../../pipeline/compute-list.ts';
import { pageSize } from '../../../pipeline/list.ts';
import { ok, route } from '../../../pipeline/route.ts';
import type { ComputeFaceDeps } from '../deps.ts';
import { pageOf, pagingParams } from '../paging.ts';
import { isNo, isYes } from '../../../../operations/wire/words.ts';
import { flavorSummary, flavorView } from './view.ts';

type Deps = ComputeFaceDeps;

/** The sort keys, and whether a key remains valid after the field was removed. */
const sortKeys = {
  created_at: {},
  description: {},
  disabled: {},
  ephemeral_gb: {},
  flavorid: {},
  id: {},
  is_public: {},
  memory_mb: {},
  name: {},
  root_gb: {},
  rxtx_factor: { until: v.flavorNameFilter },
  swap: {},
  updated_at: {},
  vcpu_weight: {},
  vcpus: {},
} as const;

const params = {
  ...pagingParams,
  is_public: param(),
  minRam: param(),
  minDisk: param(),
  name: param({ since: v.flavorNameFilter }),
  sort_key: param({
    type: members(sortKeys).schemaAt,
  }),
  sort_dir: param({ type: stringEnum(['asc', 'desc']) }),
};

const listQuery = queryParams(params, { strict: { since: v.strictKeys } });

type Asked = QueryHead<typeof params>;

/** `vcpu_weight` is a legacy key for which no flavor has a value, so the order is by id. */
const sortKeyOf = (asked: string | undefined): FlavorSortKey => {
  const known = (Object.keys(sortKeys) as (keyof typeof sortKeys)[]).find((key) => key === asked); // Seam: keys of a constant.
  return known === undefined || known === 'vcpu_weight' ? 'flavorid' : known;
};

/** `none` lists all flavors; the default is public ones. */
function isPublicOf(asked = 'true'): boolean | 'either' {
  if (asked.toLowerCase() === 'none') return 'either';
  if (!isYes(asked) && !isNo(asked)) throw InvalidInput({ message: `Invalid is_public filter [${asked}]` });
  return isYes(asked);
}

function atLeast(name: string, asked: string | undefined): number | undefined {
  if (asked === undefined) return undefined;
  if (!/^\d+$/.test(asked)) throw InvalidInput({ message: `Invalid ${name} filter [${asked}]` });
  return Math.min(Number(asked), LARGEST);
}

/** Caps a number to what the database can compare with; no flavor exceeds it. */
const LARGEST = 2_147_483_647;

function flavorQueryOf(asked: Asked, limit: number): Parameters<FlavorApi['list']>[1] {
  const minRamMb = atLeast('minRam', asked.minRam);
  const minDiskGb = atLeast('minDisk', asked.minDisk);
  return {
    limit,
    sortKey: sortKeyOf(asked.sort_key),
    sortDirection: asked.sort_dir === 'desc' ? 'desc' : 'asc',
    isPublic: () => isPublicOf(asked.is_public),
    ...(minRamMb === undefined ? {} : { minRamMb }),
    ...(minDiskGb === undefined ? {} : { minDiskGb }),
    ...(asked.name === undefined ? {} : { name: asked.name }),
    ...(asked.marker === undefined ? {} : { marker: asked.marker }),
  };
}

/** The two lists differ only in detail. */
const flavorList = <const P extends string>(path: P, summary: string, view: typeof flavorView) =>
  route({
    method: 'GET',
    path,
    summary,
    query: listQuery,
    status: 200,
    answers: collection('flavors', view),
    handle: async (req, { flavors, maxLimit }: Deps) => {
      const size = pageSize(req.query.limit, { longest: maxLimit });
      const found = await flavors.list(req.ctx, flavorQueryOf(req.query, size));
      return ok(pageOf(found, size, req, (flavor) => flavor.id));
    },
  });

export const listFlavors = flavorList('/flavors', 'List flavors: ids, names and links.', flavorSummary);

export const listFlavorsInFull = flavorList('/flavors/detail', 'List flavors in full.', flavorView);

export const showFlavor = route({
  method: 'GET',
  path: '/flavors/{id}',
  summary: 'Show a flavor.',
  status: 200,
  answers: envelope('flavor', flavorView),
  handle: async ({ ctx, params: { id } }, { flavors }: Deps) => ok(await flavors.find(ctx, id)),
});
