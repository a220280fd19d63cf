// The JSON of a resource, cached for each value: by the version, the rights and the links of those who see it.
import { invariant } from '../errors/invariant.ts';
import { memoize } from '../memo/memoize.ts';
import { setNewest } from '../memo/set-newest.ts';
import type { Resource, View } from './resource.ts';

/** Renderings of one value that are kept, one for each kind of view; the oldest is evicted first. */
const MOST_KEPT = 8;

/**
 * Caches a resource's JSON, in bytes, so that a page is joined by copying alone. Its values must never change; a changed resource is another
 * value. Its fields may depend on the value, the view's version and links, and the rules that they declare, and on nothing else.
 */
export function cachedJson<D extends object>(inner: Resource<D>): Resource<D> {
  const rendered = new WeakMap<D, Map<string, Buffer>>();
  const kindOf = memoize((view: View) => kindOfView(view, inner));
  const json = (value: D, view: View): Buffer => {
    const { key, guarded } = kindOf(view);
    const known = rendered.get(value) ?? new Map<string, Buffer>();
    rendered.set(value, known);
    const before = known.get(key);
    if (before !== undefined) return before;
    const made = Buffer.from(JSON.stringify(inner.render(value, guarded)));
    setNewest(known, [key, made], MOST_KEPT);
    return made;
  };
  return { ...inner, json };
}

/** The kind of view: two views of one kind see the same JSON. The guarded view refuses to decide on rules that the kind does not name. */
function kindOfView(view: View, { rulesAt, name }: Pick<Resource<never>, 'rulesAt' | 'name'>): { key: string; guarded: View } {
  const { at, baseUrl, bookmarkUrl } = view;
  const rights = new Map(rulesAt(at).map((rule) => [rule, view.may(rule)]));
  const may = (rule: string): boolean => {
    const right = rights.get(rule);
    invariant(right !== undefined, `a field of ${name} declares the rule ${rule} that it asks about`);
    return right;
  };
  return { key: JSON.stringify([at.ordinal, baseUrl, bookmarkUrl, ...rights.values()]), guarded: { ...view, may } };
}
