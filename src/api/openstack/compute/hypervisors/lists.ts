import { Type as t } from '@sinclair/typebox';
import type { HypervisorKey } from '../../../../compute/fleet/hypervisor-api.ts';
import { param, queryParams } from '../../../../lib/versioning/query-params.ts';
import { InvalidInput } from '../../../../lib/versioning/validation.ts';
import { v } from '../../../../microversions.ts';
import { collection } from '../../../pipeline/compute-list.ts';
import { list, pageSize } from '../../../pipeline/list.ts';
import { type ApiRequest, ok, route } from '../../../pipeline/route.ts';
import type { ComputeFaceDeps } from '../deps.ts';
import { isRowNumber, isUuid } from '../ids-in-urls.ts';
import { pageOf, pagingParams } from '../paging.ts';
import { boolish, isYes } from '../../../../operations/wire/words.ts';
import { hypervisorSummary, hypervisorView } from './view.ts';

type Deps = ComputeFaceDeps;

/** Since hypervisors have uuids, their servers are listed on request. */
export const withServersParam = { with_servers: param({ since: v.uuidsOfServices, type: boolish, once: true, read: isYes }) };

const listQuery = queryParams(
  {
    limit: { ...pagingParams.limit, since: v.hypervisorPaging },
    marker: param({ since: v.hypervisorPaging }),
    hypervisor_hostname_pattern: param({ since: v.uuidsOfServices, type: t.String({ minLength: 1, maxLength: 255 }), once: true }),
    ...withServersParam,
  },
  { strict: { since: v.uuidsOfServices } },
);

/** A malformed marker is reported as not found. */
function markerIn(marker: string, at: ApiRequest['at']): HypervisorKey {
  if (at(v.uuidsOfServices) && isUuid(marker)) return { id: marker };
  if (!at(v.uuidsOfServices) && isRowNumber(marker)) return { number: Number(marker) };
  throw InvalidInput({ message: `marker [${marker}] not found` });
}

/** The two lists differ only in detail. */
const hypervisorList = <const P extends string>(path: P, summary: string, detail: 'brief' | 'full') =>
  route({
    method: 'GET',
    path,
    summary,
    policy: `os_compute_api:os-hypervisors:${detail === 'full' ? 'list-detail' : 'list'}`,
    query: listQuery,
    status: 200,
    answers: collection('hypervisors', detail === 'full' ? hypervisorView : hypervisorSummary, { since: v.hypervisorPaging }),
    handle: async (req, { hypervisors, maxLimit }: Deps) => {
      const { limit, marker, hypervisor_hostname_pattern: pattern, with_servers: withServers = false } = req.query;
      if (pattern !== undefined) {
        if (limit !== undefined || marker !== undefined)
          throw InvalidInput({ message: 'Paging over hypervisors with the hypervisor_hostname_pattern query parameter is not supported.' });
        const rule = detail === 'full' ? 'list-detail' : 'list';
        return ok({ items: await hypervisors.search(req.ctx, pattern, { withServers, rule }) });
      }
      if (!req.at(v.hypervisorPaging)) return ok({ items: await hypervisors.list(req.ctx, {}, detail) });
      const size = pageSize(limit, { longest: maxLimit });
      const page = { limit: size, withServers, ...(marker === undefined ? {} : { after: markerIn(marker, req.at) }) };
      const found = await hypervisors.list(req.ctx, page, detail);
      return ok(pageOf(found, size, req, ({ id, number }) => (req.at(v.uuidsOfServices) ? id : String(number))));
    },
  });

export const listHypervisors = hypervisorList('/os-hypervisors', 'List hypervisors: ids, names and states.', 'brief');

export const listHypervisorsInFull = hypervisorList('/os-hypervisors/detail', 'List hypervisors in full.', 'full');

/** Shared by both legacy searches, which a query parameter of the lists has replaced. */
const search = {
  method: 'GET',
  until: v.uuidsOfServices,
  query: queryParams({}),
  status: 200,
  answers: list('hypervisors', hypervisorSummary),
} as const;

export const searchHypervisors = route({
  ...search,
  path: '/os-hypervisors/{pattern}/search',
  summary: 'Find hypervisors by a part of their name.',
  handle: async ({ ctx, params }, { hypervisors }: Deps) =>
    ok({ items: await hypervisors.search(ctx, params.pattern, { withServers: false, rule: 'search' }) }),
});

export const listHypervisorServers = route({
  ...search,
  path: '/os-hypervisors/{pattern}/servers',
  summary: 'Find hypervisors by a part of their name, with their servers.',
  handle: async ({ ctx, params }, { hypervisors }: Deps) =>
    ok({ items: await hypervisors.search(ctx, params.pattern, { withServers: true, rule: 'servers' }) }),
});
