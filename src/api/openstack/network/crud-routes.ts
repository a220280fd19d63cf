/** The five routes of a collection: list, create one or more, show, change, delete. */
import type { Context } from '../../../lib/context/context.ts';
import type { RequestBody } from '../../../lib/versioning/request-body.ts';
import type { Resource } from '../../../lib/versioning/resource.ts';
import type { ListQuery } from '../../../network/api.ts';
import type { Expecting } from '../../../network/api/revision.ts';
import { done, ok, type Route, route } from '../../pipeline/route.ts';
import { type Batch, makeBatch, shownBatch, type Words } from './bulk.ts';
import type { NetworkFaceDeps as Deps } from './deps.ts';
import { expectingOf } from './if-match.ts';
import { fieldsQuery, listQuery } from './list-query.ts';
import { pageFor, shown, shownPage } from './shown.ts';

/** The part of the network api that keeps a kind of resource. */
export interface CrudApi<out D, in New, in Changes> {
  readonly list: (ctx: Context, query: ListQuery) => Promise<readonly D[]>;
  readonly show: (ctx: Context, id: string) => Promise<D>;
  readonly create: (ctx: Context, items: readonly New[]) => Promise<readonly D[]>;
  readonly update: (ctx: Context, id: string, changes: Changes, expecting: Expecting) => Promise<D>;
  readonly delete: (ctx: Context, id: string, expecting: Expecting) => Promise<void>;
}

/** How a collection is served. */
export interface Collection<D, NewBody, ChangedBody, New, Changes> {
  /** Below /v2.0. */
  readonly path: string;
  /** The keys of bodies and answers. */
  readonly words: Words;
  /** In documents: 'a subnet pool', 'subnet pools'. */
  readonly said: Words;
  readonly view: Resource<D>;
  readonly createBody: RequestBody<Batch<NewBody>>;
  readonly updateBody: RequestBody<ChangedBody>;
  readonly of: (deps: Deps['network']) => CrudApi<D, New, Changes>;
  readonly newOf: (body: NewBody) => New;
  readonly changesOf: (body: ChangedBody) => Changes;
}

/** Its routes. */
export function crudRoutes<D extends { readonly id: string }, NewBody, ChangedBody, New, Changes>(
  collection: Collection<D, NewBody, ChangedBody, New, Changes>,
): readonly Route<Deps>[] {
  const { words, said, view, createBody, updateBody, of, newOf, changesOf } = collection;
  const path = `/v2.0/${collection.path}`;
  const onePath = `${path}/{id}` as `${string}{id}`;
  return [
    route({
      method: 'GET',
      path,
      summary: `List ${said.many}.`,
      query: listQuery,
      status: 200,
      answers: shownPage(words.many, view),
      handle: async (req, { network }: Deps) => ok(pageFor(req, await of(network).list(req.ctx, req.query))),
    }),
    route({
      method: 'POST',
      path,
      summary: `Create ${said.many}.`,
      body: createBody,
      status: 201,
      answers: shownBatch(words, view),
      handle: async ({ ctx, body }, { network }: Deps) => ok(await makeBatch(body, (items) => of(network).create(ctx, items.map(newOf)))),
    }),
    route({
      method: 'GET',
      path: onePath,
      summary: `Show ${said.one}.`,
      query: fieldsQuery,
      status: 200,
      answers: shown(words.one, view),
      handle: async ({ ctx, params, query }, { network }: Deps) => ok({ ...query, value: await of(network).show(ctx, params.id) }),
    }),
    route({
      method: 'PUT',
      path: onePath,
      summary: `Change ${said.one}.`,
      body: updateBody,
      status: 200,
      answers: shown(words.one, view),
      handle: async ({ ctx, params, body, headers }, { network }: Deps) =>
        ok({ value: await of(network).update(ctx, params.id, changesOf(body), expectingOf({ headers })) }),
    }),
    route({
      method: 'DELETE',
      path: onePath,
      summary: `Delete ${said.one}.`,
      status: 204,
      handle: async ({ ctx, params, headers }, { network }: Deps) => {
        await of(network).delete(ctx, params.id, expectingOf({ headers }));
        return done();
      },
    }),
  ];
}
