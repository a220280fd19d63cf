import { Type as t, type Static, type TUnsafe } from '@sinclair/typebox';

declare const brand: unique symbol;

/** A string type that cannot be mixed up with another kind of id. */
export type Branded<N extends string> = string & { readonly [brand]: N };

/** A schema of a branded string: JSON Schema `string` on the wire, the brand in types. */
const branded = <N extends string>(): TUnsafe<Branded<N>> => t.Unsafe<Branded<N>>({ type: 'string', minLength: 1, maxLength: 255 });

export const serverId = branded<'ServerId'>();
export type ServerId = Static<typeof serverId>;

export const projectId = branded<'ProjectId'>();
export type ProjectId = Static<typeof projectId>;

export const userId = branded<'UserId'>();
export type UserId = Static<typeof userId>;

export const imageId = branded<'ImageId'>();
export type ImageId = Static<typeof imageId>;

export const networkId = branded<'NetworkId'>();
export type NetworkId = Static<typeof networkId>;

export const portId = branded<'PortId'>();
export type PortId = Static<typeof portId>;

/** The name of a compute host, unique in the cloud. */
export const hostName = branded<'HostName'>();
export type HostName = Static<typeof hostName>;

/** A task whose end a host reports: `<workflow id>/<step>`. */
export const taskId = branded<'TaskId'>();
export type TaskId = Static<typeof taskId>;

/** Whether a text is a uuid in canonical form, and so can be compared with a uuid column. */
export const isUuid = (text: string): boolean => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text);

/** Brands a string as an id, at a boundary where it is known to be one (a database row, a URL, a configured name). */
export const asId = <T extends Branded<string>>(value: string): T => value as T; // The one place where a brand is given.

/** A UUID as the database writes it, however a client did: in lower case, with hyphens. */
export const canonicalUuid = (id: string): string => (CANONICAL.test(id) ? id : hyphenated(id.replaceAll('-', '').toLowerCase()));

const CANONICAL = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const hyphenated = (digits: string): string => digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
