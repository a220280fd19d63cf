import type { Extra, ResourceOptions } from '../../objects/identity.ts';
import { type Entity, FieldRefused, NotAllowed } from '../errors.ts';

/** Drops undefined fields: they are not changed, or not filtered by. */
export const given = <T extends object>(fields: { readonly [K in keyof T]: T[K] | undefined }): Partial<T> =>
  // Seam: dropping what is undefined is exactly the difference between the two types.
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Partial<T>;

/** More than any client keeps, in bytes of JSON. */
const MAX_EXTRA_BYTES = 16_384;

/** The extra fields after the changes, as the text of a column; null removes a field. */
export function extraText(before: Extra, changes: Extra): string {
  const kept = Object.entries({ ...before, ...changes }).filter(([, value]) => value !== null);
  const text = JSON.stringify(Object.fromEntries(kept));
  const [field = ''] = Object.keys(changes);
  if (Buffer.byteLength(text) > MAX_EXTRA_BYTES)
    throw FieldRefused({ field, problem: `the extra fields take more than ${MAX_EXTRA_BYTES} bytes.` });
  return text;
}

/** Changes of options; null unsets one. */
export interface OptionChanges {
  readonly immutable?: boolean | null | undefined;
}

/** The options after the changes, as the text of a column. */
export const optionsText = (before: ResourceOptions, { immutable = before.immutable }: OptionChanges): string =>
  JSON.stringify({ immutable: immutable ?? undefined });

/** What can be immutable. */
interface Mutable {
  readonly id: string;
  readonly options: ResourceOptions;
}

/** Refuses to change an immutable domain, project or role, unless only its options change and `immutable` is among them. */
export function refuseImmutable(entity: Entity, { id, options }: Mutable, changes: Readonly<Record<string, unknown>>): void {
  if (options.immutable !== true) return;
  const { options: changed, ...others } = given(changes);
  const isUnlocking = typeof changed === 'object' && changed !== null && 'immutable' in changed;
  if (Object.keys(others).length > 0 || (changed !== undefined && !isUnlocking)) throw immutable('update', entity, id);
}

/** Refuses to delete an immutable domain, project or role. */
export function refuseImmutableDeletion(entity: Entity, { id, options }: Mutable): void {
  if (options.immutable === true) throw immutable('delete', entity, id);
}

const immutable = (act: 'update' | 'delete', entity: Entity, id: string) =>
  NotAllowed({ because: `Unable to ${act} immutable ${entity} resource: \`${id}\`. Set resource option "immutable" to false first.` });
