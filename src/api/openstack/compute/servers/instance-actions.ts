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

/** This list calls the link to its next page `links`; before there were pages it told only its beginning, without saying so. */
const actionList = collection('instanceActions', actionSummary, { as: 'links', since: v.instanceActionPaging });

/** What was asked of a server, and how it went. */
export const instanceActionRoutes = [
  route({
    method: 'GET',
    path: '/servers/{id}/os-instance-actions',
    summary: 'List what was asked of a server, newest first.',
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
    summary: 'Show one thing that was asked of a server, with the steps that it took.',
    status: 200,
    answers: envelope('instanceAction', actionView),
    handle: async (req, { instanceActions }: Deps) => {
      const of = { serverId: req.params.id, evenDeleted: req.at(v.deletedServerActions) };
      return ok(await instanceActions.show(req.ctx, of, req.params.request));
    },
  }),
];
