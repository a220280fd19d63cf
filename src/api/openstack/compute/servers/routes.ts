import { Type as t } from '@sinclair/typebox';
import { strictObject } from '../../../../lib/versioning/schema.ts';
import { queryParams } from '../../../../lib/versioning/query-params.ts';
import { envelope, exactly } from '../../../pipeline/answer.ts';
import { collection } from '../../../pipeline/compute-list.ts';
import { pageSize } from '../../../pipeline/list.ts';
import { done, ok, route } from '../../../pipeline/route.ts';
import { v } from '../../../../microversions.ts';
import type { ServerFaceDeps } from './deps.ts';
import { pageOf } from '../paging.ts';
import { links, linksTo } from '../wire.ts';
import { isYes } from '../../../../operations/wire/words.ts';
import { bootRequestOf } from './boot-request.ts';
import { createServerBody } from './create-body.ts';
import { listRequestOf, listServersQuery } from './list-query.ts';
import { serverSummary } from './summary.ts';
import { serverInList, serverView } from './view.ts';
import { shownAlone } from './shown-alone.ts';
import { withHostStatus } from './with-host-status.ts';

type Deps = ServerFaceDeps;

const created = t.Union([
  strictObject({
    server: strictObject({
      id: t.String({ format: 'uuid' }),
      links,
      'OS-DCF:diskConfig': t.String(),
      security_groups: t.Array(strictObject({ name: t.String() })),
      adminPass: t.Optional(t.String()),
    }),
  }),
  strictObject({ reservation_id: t.String() }),
]);

export const createServer = route({
  method: 'POST',
  path: '/servers',
  summary: 'Boot one or more servers.',
  body: createServerBody,
  status: 202,
  answers: exactly(created),
  handle: async ({ ctx, body, at, baseUrl, bookmarkUrl }, { compute, showsPasswords }: Deps) => {
    const { servers, adminPassword } = await compute.boot(ctx, bootRequestOf(body, { mayShareVolumes: at(v.multiattach) }));
    const [server] = servers;
    if (!server || isYes(body.return_reservation_id)) return ok({ reservation_id: server?.reservationId ?? '' });
    const answer = {
      id: server.id,
      links: linksTo(`servers/${server.id}`, { baseUrl, bookmarkUrl }),
      'OS-DCF:diskConfig': server.diskConfig,
      security_groups: server.securityGroups.map((name) => ({ name })),
      ...(showsPasswords && { adminPass: adminPassword }),
    };
    return ok({ server: answer }, { headers: { Location: `${baseUrl}/servers/${server.id}` } });
  },
});

/** The two lists differ only in detail. */
const serverList = <const P extends string>(path: P, summary: string, { view, inFull }: { view: typeof serverInList; inFull: boolean }) =>
  route({
    method: 'GET',
    path,
    summary,
    query: listServersQuery,
    status: 200,
    answers: collection('servers', view),
    handle: async (req, { compute, hostStatus, maxLimit }: Deps) => {
      const size = pageSize(req.query.limit, { longest: maxLimit });
      const read = () => compute.list(req.ctx, { ...listRequestOf(req.query, req.version, size), inFull });
      const name = `servers of ${req.ctx.projectId} ${req.rawQuery}`;
      return ok(pageOf(inFull ? await withHostStatus(req, hostStatus, { name, read }) : await read(), size, req, (server) => server.id));
    },
  });

export const listServers = serverList('/servers', 'List servers, newest first: ids, names and links.', {
  view: serverSummary,
  inFull: false,
});

export const listServersInFull = serverList('/servers/detail', 'List servers, newest first, in full.', {
  view: serverInList,
  inFull: true,
});

const anything = queryParams({}, { strict: { since: v.flavorNameFilter } });

export const showServer = route({
  method: 'GET',
  path: '/servers/{id}',
  summary: 'Show a server.',
  query: anything,
  status: 200,
  answers: envelope('server', serverView),
  handle: async (req, deps: Deps) =>
    ok(await shownAlone(req, deps, { id: req.params.id, read: () => deps.compute.find(req.ctx, req.params.id) })),
});

export const deleteServer = route({
  method: 'DELETE',
  path: '/servers/{id}',
  summary: 'Delete a server.',
  status: 204,
  handle: async ({ ctx, params }, { compute }: Deps) => {
    await compute.delete(ctx, params.id);
    return done();
  },
});
