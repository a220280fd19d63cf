// A route is one value: where it is, since when, who may, what comes in, what goes out, and the one call that does it.
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

/** The names between braces in a path template. */
export type PathParams<P extends string> = P extends `${string}{${infer K}}${infer Rest}`
  ? { readonly [Key in K]: string } & PathParams<Rest>
  : unknown;

/** A request as a handler sees it: who, what, in the newest form. */
export interface ApiRequest<out Params = unknown, out Q = unknown, out B = unknown> {
  /** Who asks. On routes with `auth: 'none'`, and for whoever brings a `pass`, nobody: no user, no project, no roles. */
  readonly ctx: Context;
  readonly params: Params;
  readonly query: Q;
  /** In the newest form, whatever version it came in; undefined on routes without a body. */
  readonly body: B;
  readonly version: Microversion;
  /** Whether the caller's version has reached this one. */
  readonly at: (version: Microversion) => boolean;
  /** Start of versioned links: `http://host:8774/v2.1`, with the project id if the client's URL has it. */
  readonly baseUrl: string;
  /** Start of permanent links. */
  readonly bookmarkUrl: string;
  /** For whom resources are rendered, for handlers that render parts themselves. What callers may do is decided in the component's api, not here. */
  readonly view: View;
  /** The URL of this request without its query, for links to the next page. */
  readonly url: string;
  /** The query as it came in, for links to the next page. */
  readonly rawQuery: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  /** The unread body; only on routes with `streams: true`. */
  readonly stream: Readable;
  /** Names this request in every log and answer. */
  readonly requestId: string;
  /** From which address the connection came: the client's, or that of a proxy in between. */
  readonly remoteAddress: string;
}

/** What a handler returns: a value for the route's `answers`, and what else the answer carries. */
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

/** What the documents of an API tell of a route beyond what the route itself says. */
export interface Documented {
  /** The policy rule that the api behind it asks. */
  readonly rule?: string;
  /** A body that can be sent at a version. */
  readonly body?: (at: Microversion) => unknown;
  /** A value for its `answers`. */
  readonly answer?: unknown;
}

interface Declaration<P extends string, D, Q, B, Deps> extends Window {
  readonly method: Method;
  /** Below the mount point, e.g. `/servers/{id}`. */
  readonly path: P;
  /** What the body asks for, where several routes share method and path. */
  readonly action?: string;
  readonly summary: string;
  /** The rule that gates the whole route; finer ones belong to the component's api. */
  readonly policy?: string;
  readonly documented?: Documented;
  readonly auth?: 'token' | 'none';
  /** Requests that the route judges itself, whoever asks: they bring a pass that its component gave for this one purpose. */
  readonly pass?: (exchange: Exchange) => boolean;
  readonly query?: QueryParams<Q>;
  readonly body?: RequestBody<B>;
  /** The handler reads the body itself, from `req.stream`; it is neither parsed nor bounded. */
  readonly streams?: boolean;
  readonly status: number | ((at: Microversion) => number);
  readonly answers?: Answer<D>;
  /** Its value is the one that `answers` takes; without `answers` there is none. */
  readonly handle: (req: ApiRequest<PathParams<P>, Q, B>, deps: Deps) => Promise<Reply<NoInfer<D>>> | Reply<NoInfer<D>>;
}

/** A declared route that needs `Deps` to be served. */
export interface Route<in Deps> extends Window {
  readonly method: Method;
  readonly path: string;
  /** What the body asks for, where several routes share method and path; how it says so is the face's. */
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

/** Where server actions are found unless they say otherwise. */
const SERVER_ACTION = '/servers/{id}/action';

type ActionDeclaration<P extends string, D, X extends TypeLike, Deps> = Omit<
  Declaration<P, D, undefined, HeadOf<X>, Deps>,
  'method' | 'path' | 'action' | 'body' | 'query' | 'streams'
> & {
  /** The body's single key, e.g. `os-stop`. */
  readonly key: string;
  readonly path?: P;
  /** What stands under the key; `req.body` is its newest form. */
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
  // Seam: P is the default when no path is given, and Omit over a generic declaration loses that the rest is all there.
  const declared = { ...rest, method: 'POST', path: path ?? SERVER_ACTION, body: envelopeBody(key, body) } as unknown as Declaration<
    P,
    D,
    undefined,
    HeadOf<X>,
    Deps
  >;
  return { ...route<P, Deps, D, undefined, HeadOf<X>>(declared), action: key };
}
