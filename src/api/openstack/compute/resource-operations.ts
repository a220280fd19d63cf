// The operations of a declared resource: each route is made from its names, a view and one call.
import type { Microversion, Window } from '../../../lib/versioning/microversion.ts';
import { type Param, type QueryHead, type QueryParams, queryParams } from '../../../lib/versioning/query-params.ts';
import type { RequestBody } from '../../../lib/versioning/request-body.ts';
import type { Resource } from '../../../lib/versioning/resource.ts';
import { envelope } from '../../pipeline/answer.ts';
import { collection, computeLists } from '../../pipeline/compute-list.ts';
import { list, pageSize, wholeList } from '../../pipeline/list.ts';
import { type ApiRequest, done, ok, type Route, route } from '../../pipeline/route.ts';
import { offsetPaging, pageOf, pagingIn } from './paging.ts';

/** A resource's names and path. */
export interface ResourceNames {
  /** The path of the collection: `/os-keypairs`. */
  readonly path: string;
  /** The field that identifies an item in its path: `name`. */
  readonly id: string;
  /** The envelope keys of an item and of a list: `keypair`, `keypairs`. */
  readonly one: string;
  readonly many: string;
  /** The prefix of its policy rules: `os_compute_api:os-keypairs`. */
  readonly rules: string;
}

/** One operation of a resource: its route, and the view of the answer. */
export interface Operation<in Deps, in D> {
  readonly route: Route<Deps>;
  readonly view?: Resource<D>;
  /** An example answer made from the resource's samples. */
  readonly answerOf?: (samples: readonly D[]) => unknown;
}

interface Declared extends Window {
  readonly summary: string;
  /** The policy rule of the route, when no component api checks one. */
  readonly policy?: string;
  /** 200 by default, 204 for removals. */
  readonly status?: number | ((at: Microversion) => number);
}

interface Shown<D> {
  readonly view: Resource<D>;
}

interface Sent<B> {
  readonly body: RequestBody<B>;
}

/** A request for one item; `id` comes from the path. */
type AskedOfOne<Q, B> = ApiRequest<unknown, Q, B> & { readonly id: string };

interface OfOne<D, Q, B, Deps> extends Declared {
  readonly query?: QueryParams<Q>;
  readonly run: (req: AskedOfOne<Q, B>, deps: Deps) => Promise<D>;
}

interface Create<D, B, Deps> extends Declared, Shown<D>, Sent<B> {
  readonly run: (req: ApiRequest<unknown, undefined, B>, deps: Deps) => Promise<D>;
}

type Params = Readonly<Record<string, Param<unknown>>>;

/** The requested page of a list. */
interface AskedPage {
  readonly page: { readonly limit: number; readonly marker?: string };
}

interface List<D, F, Deps> extends Declared, Shown<D> {
  /** Query parameters besides paging. */
  readonly query?: F;
  /** The version from which unknown parameters are refused. */
  readonly strict?: Window;
  /** The versions at which the list has pages; all by default. */
  readonly pages?: Window;
  /** The marker of an item, for the next page. */
  readonly markerOf: (item: D) => string;
  readonly run: (req: ApiRequest<unknown, QueryHead<F>> & AskedPage, deps: Deps) => Promise<readonly D[]>;
}

/** A list whose pages are counted, not marked: no answer tells the next one. */
interface ListByOffset<D, F, Deps> extends Pick<List<D, F, Deps>, 'summary' | 'view' | 'query' | 'strict'> {
  readonly run: (
    req: ApiRequest<unknown, QueryHead<F>> & { readonly page: { readonly limit: number; readonly offset: number } },
    deps: Deps,
  ) => Promise<readonly D[]>;
}

interface Paged {
  readonly maxLimit: number;
}

/** Makes the operations of a resource. */
export const operationsOf = (names: ResourceNames) => ({
  list: <D, Deps, const F extends Params = Record<never, never>>(declared: List<D, F, Deps>): Operation<Deps & Paged, D> =>
    listOf(names, declared),
  listByOffset: <D, Deps, const F extends Params = Record<never, never>>(declared: ListByOffset<D, F, Deps>): Operation<Deps & Paged, D> =>
    listByOffset(names, declared),
  create: <D, Deps, B>({ view, run, ...declared }: Create<D, B, Deps>): Operation<Deps, D> => ({
    ...shows(view),
    route: route({
      status: 200,
      ...declared,
      method: 'POST',
      path: names.path,
      documented: { rule: `${names.rules}:create` },
      answers: envelope(names.one, view),
      handle: async (req: ApiRequest<unknown, undefined, B>, deps: Deps) => ok(await run(req, deps)),
    }),
  }),
  show: <D, Deps, Q = undefined>({ view, run, ...declared }: OfOne<D, Q, unknown, Deps> & Shown<D>): Operation<Deps, D> => ({
    ...shows(view),
    route: route({
      status: 200,
      ...declared,
      ...ofOne(names, 'GET', 'show'),
      answers: envelope(names.one, view),
      handle: async (req: ApiRequest<unknown, Q>, deps: Deps) => ok(await run(named(names, req), deps)),
    }),
  }),
  update: <D, Deps, B, Q = undefined>({ view, run, ...declared }: OfOne<D, Q, B, Deps> & Shown<D> & Sent<B>): Operation<Deps, D> => ({
    ...shows(view),
    route: route({
      status: 200,
      ...declared,
      ...ofOne(names, 'PUT', 'update'),
      answers: envelope(names.one, view),
      handle: async (req: ApiRequest<unknown, Q, B>, deps: Deps) => ok(await run(named(names, req), deps)),
    }),
  }),
  remove: <Deps, Q = undefined>({ run, ...declared }: OfOne<void, Q, unknown, Deps>): Operation<Deps, unknown> => ({
    route: route({
      status: 204,
      ...declared,
      ...ofOne(names, 'DELETE', 'delete'),
      handle: async (req: ApiRequest<unknown, Q>, deps: Deps) => {
        await run(named(names, req), deps);
        return done();
      },
    }),
  }),
});

function listOf<D, Deps, const F extends Params>(
  names: ResourceNames,
  { view, query, strict, pages = {}, markerOf, run, ...declared }: List<D, F, Deps>,
): Operation<Deps & Paged, D> {
  // Seam: without a query of its own F is the empty record.
  const params = { ...(query ?? ({} as F)), ...pagingIn(pages) };
  return {
    view,
    answerOf: (items) => ({ items }),
    route: route({
      status: 200,
      ...declared,
      method: 'GET',
      path: names.path,
      documented: { rule: `${names.rules}:index` },
      query: queryParams(params, strict === undefined ? {} : { strict }),
      answers: collection(names.many, view, pages),
      handle: async (req, deps: Deps & Paged) => {
        // Seam: a spread over the open record F loses the types of the paging parameters.
        const asked = req as ApiRequest<unknown, QueryHead<F> & { readonly limit?: number; readonly marker?: string }>;
        const { limit, marker } = asked.query;
        const size = pageSize(limit, { longest: deps.maxLimit });
        const page = { limit: size, ...(marker === undefined ? {} : { marker }) };
        return ok(pageOf(await run({ ...asked, page }, deps), size, req, markerOf));
      },
    }),
  };
}

function listByOffset<D, Deps, const F extends Params>(
  names: ResourceNames,
  { view, query, strict, run, ...declared }: ListByOffset<D, F, Deps>,
): Operation<Deps & Paged, D> {
  // Seam: without a query of its own F is the empty record.
  const params = { ...(query ?? ({} as F)), ...offsetPaging };
  return {
    view,
    answerOf: (items) => ({ items }),
    route: route({
      status: 200,
      ...declared,
      method: 'GET',
      path: names.path,
      documented: { rule: `${names.rules}:index` },
      query: queryParams(params, strict === undefined ? {} : { strict }),
      answers: list(names.many, view),
      handle: async (req, deps: Deps & Paged) => {
        // Seam: a spread over the open record F loses the types of the paging parameters.
        const asked = req as ApiRequest<unknown, QueryHead<F> & { readonly limit?: number; readonly offset?: number }>;
        const { limit, offset = 0 } = asked.query;
        const page = { limit: pageSize(limit, { longest: deps.maxLimit, zero: 'longest' }), offset };
        return ok(wholeList(computeLists, req, await run({ ...asked, page }, deps)));
      },
    }),
  };
}

const shows = <D>(view: Resource<D>) => ({ view, answerOf: ([sample]: readonly D[]) => sample });

const ofOne = <M extends string>({ path, id, rules }: ResourceNames, method: M, what: string) => ({
  method,
  path: `${path}/{${id}}`,
  documented: { rule: `${rules}:${what}` },
});

const named = <Q, B>({ id }: ResourceNames, req: ApiRequest<unknown, Q, B>): AskedOfOne<Q, B> => ({
  ...req,
  // Seam: the path has a parameter of this name, but its type is lost because the path is concatenated.
  id: (req.params as Readonly<Record<string, string>>)[id] ?? '',
});
