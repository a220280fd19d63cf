import { Type as t, type Static, type TUnsafe } from '@sinclair/typebox';

declare const brand: unique symbol;

/** A string that cannot be mistaken for another kind of id. */
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

/** The name under which a compute host is known to the whole cloud. */
export const hostName = branded<'HostName'>();
export type HostName = Static<typeof hostName>;

/** One piece of work that a host reports on when it is done: `<workflow id>/<step>`. */
export const taskId = branded<'TaskId'>();
export type TaskId = Static<typeof taskId>;

/** Whether a text is a uuid in its usual form, and so may be compared with a column of uuids. */
export const isUuid = (text: string): boolean => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text);

/** Takes a string for an id at a boundary (a database row, a URL, a configured name), where it is known to be one. */
export const asId = <T extends Branded<string>>(value: string): T => value as T; // The one place where a brand is given.
