import { Type as t } from '@sinclair/typebox';
import { param, queryParams } from '../../../../lib/versioning/query-params.ts';
import { v } from '../../../../microversions.ts';
import { envelope } from '../../../pipeline/answer.ts';
import { collection } from '../../../pipeline/compute-list.ts';
import { pageSize } from '../../../pipeline/list.ts';
import { ok, route } from '../../../pipeline/route.ts';
import type { ServerFaceDeps } from './deps.ts';
import { isoTime } from '../iso-time.ts';
import { pageOf } from '../paging.ts';
import { actionSummary, actionView } from './action-view.ts';

type Deps = ServerFaceDeps;

const paging = { since: v.instanceActionPaging, once: true } as const;
const time = { type: t.String({ format: 'date-time' }), read: isoTime, once: true } as const;

const listQuery = queryParams(
  {
    limit: param({ ...paging, type: t.String({ pattern: '^[0-9]*$', minLength: 1 }), read: Number }),
    marker: param(paging),
    'changes-since': param({ ...time, since: v.instanceActionPaging }),
    'changes-before': param({ ...time, since: v.changesBefore }),
  },
  { strict: { since: v.instanceActionPaging } },
);

/** The next link of this list is called `links`. Before paging, the list was silently truncated. */
const actionList = collection('instanceActions', actionSummary, { as: 'links', since: v.instanceActionPaging });

/** Instance actions: the operations on a server and their outcome. */
export const instanceActionRoutes = [
  route({
    method: 'GET',
    path: '/servers/{id}/os-instance-actions',
    summary: 'List the actions on a server, newest first.',
    query: listQuery,
    status: 200,
    answers: actionList,
    handle: async (req, { instanceActions, maxLimit }: Deps) => {
      const { ctx, params, query } = req;
      const limit = pageSize(query.limit, { longest: maxLimit });
      const { marker, 'changes-since': changesSince, 'changes-before': changesBefore } = query;
      const of = { serverId: params.id, evenDeleted: req.at(v.deletedServerActions) };
      const actions = await instanceActions.list(ctx, of, {
        limit,
        ...(marker === undefined ? {} : { marker }),
        ...(changesSince === undefined ? {} : { changesSince }),
        ...(changesBefore === undefined ? {} : { changesBefore }),
      });
      return ok(pageOf(actions, limit, req, (action) => action.requestId));
    },
  }),
  route({
    method: 'GET',
    path: '/servers/{id}/os-instance-actions/{request}',
    summary: 'Show one action on a server, with its events.',
    status: 200,
    answers: envelope('instanceAction', actionView),
    handle: async (req, { instanceActions }: Deps) => {
      const of = { serverId: req.params.id, evenDeleted: req.at(v.deletedServerActions) };
      return ok(await instanceActions.show(req.ctx, of, req.params.request));
    },
  }),
];
