/** All that clients can ask for, and which of it a request asks for. */
import { MethodNotAllowed, NotImplemented } from '../errors.ts';
import { bucketOperations } from './buckets.ts';
import { deleteMany } from './delete-many.ts';
import { listObjects } from './listing.ts';
import type { Operation } from './operation.ts';
import { partUploadOperations } from './part-uploads.ts';
import { readOperations } from './read-object.ts';
import { settingOperations } from './settings.ts';
import { writeOperations } from './write-object.ts';

export const operations: readonly Operation[] = [
  ...bucketOperations,
  deleteMany,
  listObjects,
  ...settingOperations,
  ...readOperations,
  ...writeOperations,
  ...partUploadOperations,
];

/** Parameters that ask for something else than the bucket or object itself; those that no operation has are refused, not ignored. */
const ASKING = new Set([
  ...operations.flatMap(({ parameter }) => parameter ?? []),
  'accelerate',
  'analytics',
  'attributes',
  'encryption',
  'intelligent-tiering',
  'inventory',
  'legal-hold',
  'logging',
  'metrics',
  'notification',
  'object-lock',
  'ownershipControls',
  'partNumber',
  'policyStatus',
  'publicAccessBlock',
  'replication',
  'restore',
  'retention',
  'select',
  'torrent',
  'versionId',
  'versions',
  'website',
]);
/** Goes with an upload id. */
const ACCOMPANYING = 'partNumber';

interface Wanted {
  readonly method: string;
  readonly level: Operation['level'];
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, unknown>>;
}

/** The operation that a request asks for. */
export function operationFor({ method, level, query, headers }: Wanted): Operation {
  const parameters = [...query.keys()].filter((name) => ASKING.has(name));
  const isUpload = parameters.includes('uploadId');
  const asked = parameters.filter((name) => !(name === ACCOMPANYING && isUpload) && !(name === 'versionId' && query.get(name) === 'null'));
  const here = operations.filter((one) => one.method === method && one.level === level && one.parameter === asked[0]);
  const found = here.find(({ header }) => header !== undefined && headers[header] !== undefined) ?? here.find(({ header }) => !header);
  if (asked.length > 1 || (!found && asked.length === 1)) throw NotImplemented({ what: `The query parameter ${asked.at(-1)}` });
  if (!found) throw MethodNotAllowed({});
  return found;
}
