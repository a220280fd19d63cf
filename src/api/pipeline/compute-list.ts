// How the compute API tells its lists: `{ servers: [...], servers_links: [{ rel: 'next', href }] }`, and as a plain list where they have no pages yet.
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

/** A list tells its next page, if there is one. */
export const computeLists = linksCalled((name) => `${name}_links`);

/** At which versions a list has pages, at all unless said otherwise; and what the links to the next are called, if not `servers_links`. */
export interface Pages extends Window {
  readonly as?: string;
}

/** A page of resources in its envelope; at versions without pages it is a list. */
export const collection = <D>(name: string, inner: Resource<D>, { as, ...pages }: Pages = {}): Answer<Page<D>> => {
  const page = pageAnswer<D>(as === undefined ? computeLists : linksCalled(() => as), name, inner);
  const whole = list(name, inner);
  return answerAt((at) => (live(pages, at) ? page : whole));
};
