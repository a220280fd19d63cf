// A resource of the compute API in one value: its routes, their documents, and what the generic resource tests need.
import type { Microversion } from '../../../lib/versioning/microversion.ts';
import type { Resource } from '../../../lib/versioning/resource.ts';
import type { Route } from '../../pipeline/route.ts';
import { type Operation, operationsOf, type ResourceNames } from './resource-operations.ts';

type Body = Readonly<Record<string, unknown>>;

/** An instance that a client can create: the documents' example, and the target of tests that walk all routes. */
export interface SampleThing {
  /** A body valid at every version, or a function of the version when there is none. */
  readonly body: Body | ((at: Microversion) => Body);
  readonly madeBy: 'member' | 'admin';
  /** Not visible to other projects. */
  readonly isPrivate: boolean;
}

/** The body that makes one at a version. */
export const bodyAt = ({ body }: SampleThing, at: Microversion): Body => (typeof body === 'function' ? body(at) : body);

/** A resource as it is served, documented and tested. */
export interface ResourceFace<in Deps> {
  readonly path: string;
  readonly id: string;
  readonly routes: readonly Route<Deps>[];
  /** Each view with samples that it must be able to render. */
  readonly views: readonly { readonly view: Resource<never>; readonly samples: readonly unknown[] }[];
  readonly thing: SampleThing | undefined;
}

/** The combined dependencies of several resources. */
export type DepsOf<F> = (F extends ResourceFace<infer D> ? (deps: D) => void : never) extends (deps: infer All) => void ? All : never;

interface Whole<Deps, S> {
  readonly operations: readonly Operation<Deps, NoInfer<S>>[];
  /** Samples that its views must be able to render; the first one is the documents' example. */
  readonly samples: readonly [S, ...S[]];
  readonly thing?: SampleThing;
}

/**
 * Makes the factories for a resource's operations, and for the resource itself.
 * @example const { list, show, face } = resourceOf({ path: '/os-keypairs', id: 'name', one: 'keypair', many: 'keypairs', rules: '...' })
 */
export const resourceOf = (names: ResourceNames) => ({
  ...operationsOf(names),
  face: <Deps, const S>(whole: Whole<Deps, S>): ResourceFace<Deps> => faceOf(names, whole),
});

function faceOf<Deps, S>({ path, id }: ResourceNames, { operations, samples, thing }: Whole<Deps, S>): ResourceFace<Deps> {
  const routes = operations.map(({ route, answerOf }) => ({
    ...route,
    documented: {
      ...route.documented,
      ...(answerOf ? { answer: answerOf(samples) } : {}),
      ...(route.method === 'POST' && thing ? { body: (at: Microversion) => bodyAt(thing, at) } : {}),
    },
  }));
  return { path, id, routes, views: operations.flatMap(({ view }) => (view ? [{ view, samples }] : [])), thing };
}
