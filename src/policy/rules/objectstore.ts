import { member, reader } from './who.ts';

/** Rules of the object store; the target is the project of the bucket. */
export const objectStoreRules = {
  'objectstore:list_buckets': reader,
  'objectstore:get_bucket': reader,
  'objectstore:create_bucket': member,
  'objectstore:delete_bucket': member,
  'objectstore:list_objects': reader,
  'objectstore:get_object': reader,
  'objectstore:put_object': member,
  'objectstore:delete_object': member,
} as const satisfies Record<string, string>;
