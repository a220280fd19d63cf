// A route is one value: path, versions, policy, input, output, and the handler.
import type { IncomingHttpHeaders } from 'node:http';
import type { Readable } from 'node:stream';
import type { Context } from '../../lib/context/context.ts';
import type { Exchange } from '../../lib/http/exchange.ts';
import type { Microversion, Window } from '../../lib/versioning/microversion.ts';
import type { QueryParams } from '../../lib/versioning/query-params.ts';
import { envelopeBody, type RequestBody } from '../../lib/versioning/request-body.ts';
import type { View } from '../../lib/versioning/resource.ts';
import type { HeadOf, TypeLike } from '../../lib/versioning/shape.ts';
import { nothing, type Answer } from './answer.ts';

export type Method = 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** The parameter names in a path template. */
export type PathParams<P extends string> = P extends `${string}{${infer K}}${infer Rest}`
  ? { readonly [Key in K]: string } & PathParams<Rest>
  : unknown;

/** A request as a handler sees it, in the newest form. */
export interface ApiRequest<out Params = unknown, out Q = unknown, out B = unknown> {
  /** The caller. On routes with `auth: 'none'`, and for a request with a `pass`: no user, no project, no roles. */
  readonly ctx: Context;
  readonly params: Params;
  readonly query: Q;
  /** In the newest form at any version; undefined on routes without a body. */
  readonly body: B;
  readonly version: Microversion;
  /** Whether the caller's version has reached this one. */
  readonly at: (version: Microversion) => boolean;
  /** Start of versioned links: `http://host:8774/v2.1`, with the project id if the client's URL has it. */
  readonly baseUrl: string;
  /** Start of permanent links. */
  readonly bookmarkUrl: string;
  /** Version and rights to render with, for handlers that render parts themselves. Authorisation is the component api's job. */
  readonly view: View;
  /** This request's URL without its query, for paging links. */
  readonly url: string;
  /** The query as received, for paging links. */
  readonly rawQuery: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  /** The unread body; only on routes with `streams: true`. */
  readonly stream: Readable;
  /** Identifies this request in every log line and answer. */
  readonly requestId: string;
  /** The peer address of the connection: the client, or a proxy. */
  readonly remoteAddress: string;
}

/** What a handler returns: a value for the route's `answers`, and extra status and headers. */
export interface Reply<out D> {
  readonly value: D;
  /** Overrides the route's status, where it has several. */
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Answers with a value. */
export const ok = <D>(value: D, more: Omit<Reply<D>, 'value'> = {}): Reply<D> => ({ ...more, value });

/** Answers without a body. */
export const done = (more: Omit<Reply<undefined>, 'value'> = {}): Reply<undefined> => ({ ...more, value: undefined });

/** Extra information for the API's documents. */
export interface Documented {
  /** The policy rule that the component api checks. */
  readonly rule?: string;
  /** An example of a request body at a version. */
  readonly body?: (at: Microversion) => unknown;
  /** An example value for `answers`. */
  readonly answer?: unknown;
}

interface Declaration<P extends string, D, Q, B, Deps> extends Window {
  readonly method: Method;
  /** A GET that changes something, where clients of an older API send it so. */
  readonly changes?: boolean;
  /** Below the mount point, e.g. `/servers/{id}`. */
  readonly path: P;
  /** The action in the body, where several routes share method and path. */
  readonly action?: string;
  readonly summary: string;
  /** The policy rule for the whole route; finer checks belong to the component api. */
  readonly policy?: string;
  readonly documented?: Documented;
  readonly auth?: 'token' | 'none';
  /** Recognises requests that bring a pass issued by the component instead of a token; the route itself checks the pass. */
  readonly pass?: (exchange: Exchange) => boolean;
  readonly query?: QueryParams<Q>;
  readonly body?: RequestBody<B>;
  /** The handler reads the body from `req.stream`; it is not parsed and has no size limit. */
  readonly streams?: boolean;
  readonly status: number | ((at: Microversion) => number);
  readonly answers?: Answer<D>;
  /** Returns the value for `answers`; no value without `answers`. */
  readonly handle: (req: ApiRequest<PathParams<P>, Q, B>, deps: Deps) => Promise<Reply<NoInfer<D>>> | Reply<NoInfer<D>>;
}

/** A declared route that needs `Deps` to be served. */
export interface Route<in Deps> extends Window {
  readonly method: Method;
  readonly changes?: boolean;
  readonly path: string;
  /** The action in the body, where several routes share method and path; the face finds it. */
  readonly action?: string;
  readonly summary: string;
  readonly policy?: string;
  readonly documented?: Documented;
  readonly auth?: 'token' | 'none';
  readonly pass?: (exchange: Exchange) => boolean;
  readonly query?: QueryParams<unknown>;
  readonly body?: RequestBody<unknown>;
  readonly streams?: boolean;
  readonly statusAt: (at: Microversion) => number;
  readonly answers: Answer<unknown>;
  readonly handle: (req: ApiRequest, deps: Deps) => Promise<Reply<unknown>> | Reply<unknown>;
}

/**
 * Declares a route; types flow from path, query, body and answers into `handle`.
 * @example route({ method: 'GET', path: '/servers/{id}', summary: 'Show a server.', status: 200, answers: envelope('server', serverView),
 *   handle: async ({ ctx, params }, { compute }: Deps) => ok(await compute.get(ctx, params.id)) })
 */
export function route<const P extends string, Deps, D = undefined, Q = undefined, B = undefined>(
  declared: Declaration<P, D, Q, B, Deps>,
): Route<Deps> {
  const { status, answers = nothing, ...rest } = declared;
  // Seam: the pipeline hands to `handle` exactly what this route's own path, query and body parse, and its value to its own `answers`.
  return { ...rest, answers, statusAt: typeof status === 'number' ? () => status : status } as unknown as Route<Deps>;
}

/** The default path of server actions. */
const SERVER_ACTION = '/servers/{id}/action';

type ActionDeclaration<P extends string, D, X extends TypeLike, Deps> = Omit<
  Declaration<P, D, undefined, HeadOf<X>, Deps>,
  'method' | 'path' | 'action' | 'body' | 'query' | 'streams'
> & {
  /** The body's single key, e.g. `os-stop`. */
  readonly key: string;
  readonly path?: P;
  /** The schema of the key's value; `req.body` is its newest form. */
  readonly body: X;
};

/**
 * Declares an action: a POST whose body has one key, the action's name.
 * @example actionRoute({ key: 'os-stop', summary: 'Stop a server.', body: t.Null(), status: 202, handle: ... })
 */
export function actionRoute<X extends TypeLike, Deps, D = undefined, const P extends string = typeof SERVER_ACTION>({
  key,
  body,
  path,
  ...rest
}: ActionDeclaration<P, D, X, Deps>): Route<Deps> {
  // Seam: P is the default when no path is given, and Omit over a generic type loses the other properties.
  const declared = { ...rest, method: 'POST', path: path ?? SERVER_ACTION, body: envelopeBody(key, body) } as unknown as Declaration<
    P,
    D,
    undefined,
    HeadOf<X>,
    Deps
  >;
  return { ...route<P, Deps, D, undefined, HeadOf<X>>(declared), action: key };
}
