// The compute API's list format: `{ servers: [...], servers_links: [{ rel: 'next', href }] }`, without links where lists have no pages yet.
import { Type as t } from '@sinclair/typebox';
import { live, type Window } from '../../lib/versioning/microversion.ts';
import type { Resource } from '../../lib/versioning/resource.ts';
import { type Answer, answerAt } from './answer.ts';
import { list, type ListDialect, type Page, pageAnswer } from './list.ts';

const links = t.Array(t.Object({ rel: t.Literal('next'), href: t.String() }));

const linksCalled = (nameOf: (list: string) => string): ListDialect => ({
  rels: ['next'],
  beside: (name, { next }) => (next === undefined ? {} : { [nameOf(name)]: [{ rel: 'next', href: next }] }),
  besideSchema: (name) => ({ [nameOf(name)]: t.Optional(links) }),
});

/** A list links to its next page, if there is one. */
export const computeLists = linksCalled((name) => `${name}_links`);

/** The versions at which a list has pages (default: all), and the key of its links if not `servers_links`. */
export interface Pages extends Window {
  readonly as?: string;
}

/** A page of resources in its envelope; a plain list at versions without pages. */
export const collection = <D>(name: string, inner: Resource<D>, { as, ...pages }: Pages = {}): Answer<Page<D>> => {
  const page = pageAnswer<D>(as === undefined ? computeLists : linksCalled(() => as), name, inner);
  const whole = list(name, inner);
  return answerAt((at) => (live(pages, at) ? page : whole));
};
