/** The conditions of requests, as HTTP defines them. */
import type { StoredObject } from '../objects/stored-object.ts';
import { NoSuchKey, NotModified, PreconditionFailed } from './errors.ts';

/** Under which conditions an object is read. */
export interface ReadConditions {
  readonly ifMatch?: string | undefined;
  readonly ifNoneMatch?: string | undefined;
  readonly ifModifiedSince?: Date | undefined;
  readonly ifUnmodifiedSince?: Date | undefined;
}

/** Under which conditions an object is written. */
export type WriteConditions = Pick<ReadConditions, 'ifMatch' | 'ifNoneMatch'>;

/** Whether a list of tags in a header names the object's. */
const names = (tags: string, etag: string): boolean =>
  tags.split(',').some((tag) => ['*', etag].includes(tag.trim().replace(/^W\//, '').replaceAll('"', '')));

/** Clients tell whole seconds. */
const isLater = (time: Date, than: Date): boolean => Math.floor(time.getTime() / 1000) > Math.floor(than.getTime() / 1000);

export function checkRead({ etag, modifiedAt }: StoredObject, conditions: ReadConditions): void {
  const { ifMatch, ifNoneMatch, ifModifiedSince, ifUnmodifiedSince } = conditions;
  if (ifMatch !== undefined && !names(ifMatch, etag)) throw PreconditionFailed({ condition: 'If-Match' });
  if (ifMatch === undefined && ifUnmodifiedSince && isLater(modifiedAt, ifUnmodifiedSince))
    throw PreconditionFailed({ condition: 'If-Unmodified-Since' });
  const isKnown = ifNoneMatch === undefined ? ifModifiedSince && !isLater(modifiedAt, ifModifiedSince) : names(ifNoneMatch, etag);
  if (isKnown) throw NotModified({ etag, modifiedAt });
}

/** @param before the object that would be replaced */
export function checkWrite(key: string, before: StoredObject | undefined, { ifMatch, ifNoneMatch }: WriteConditions): void {
  if (ifMatch !== undefined && !before) throw NoSuchKey({ key });
  if (ifMatch !== undefined && before && !names(ifMatch, before.etag)) throw PreconditionFailed({ condition: 'If-Match' });
  if (ifNoneMatch !== undefined && before && names(ifNoneMatch, before.etag)) throw PreconditionFailed({ condition: 'If-None-Match' });
}
