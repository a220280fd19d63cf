/** Filters of lists by name: exact, and Keystone's inexact ones. */
import type { NameMatch } from '../../../objects/identity.ts';
import { wanted } from './lists.ts';

const inexact = {
  name__contains: { how: 'contains', ignoreCase: false },
  name__icontains: { how: 'contains', ignoreCase: true },
  name__startswith: { how: 'startsWith', ignoreCase: false },
  name__istartswith: { how: 'startsWith', ignoreCase: true },
  name__endswith: { how: 'endsWith', ignoreCase: false },
  name__iendswith: { how: 'endsWith', ignoreCase: true },
} as const satisfies Record<string, Omit<NameMatch, 'text'>>;
type Inexact = keyof typeof inexact;
// Seam: Object.keys loses the key type.
const inexactNames = Object.keys(inexact) as Inexact[];

// Seam: Object.fromEntries loses the key type.
const inexactParams = Object.fromEntries(inexactNames.map((name) => [name, wanted])) as Readonly<Record<Inexact, typeof wanted>>;

/** The query parameters of every list that can be filtered by name. */
export const nameParams = { name: wanted, ...inexactParams };

/** The filter that a query asks for. */
export const nameFilterOf = (query: { readonly [K in keyof typeof nameParams]?: string }) => ({
  name: query.name,
  nameMatches: inexactNames.flatMap((param): NameMatch[] => {
    const text = query[param];
    return text === undefined ? [] : [{ ...inexact[param], text }];
  }),
});
