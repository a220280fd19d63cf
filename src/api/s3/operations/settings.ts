/** What clients ask of buckets and objects beside their content: there is one answer for all of them. */
import { xmlAnswer } from '../answers/xml-answer.ts';
import { NoSuchSetting } from '../errors.ts';
import type { Asked } from '../request/asked.ts';
import type { Operation } from './operation.ts';

const ownerOf = ({ ctx }: Asked) => ({ ID: ctx.projectId, DisplayName: ctx.projectName ?? ctx.projectId });

const GRANTEE = { '@xmlns:xsi': 'http://www.w3.org/2001/XMLSchema-instance', '@xsi:type': 'CanonicalUser' };

/** Only the project of a bucket reaches it. */
const aclOf = (asked: Asked) => ({
  Owner: ownerOf(asked),
  AccessControlList: { Grant: { Grantee: { ...GRANTEE, ...ownerOf(asked) }, Permission: 'FULL_CONTROL' } },
});

const ofBucket = (parameter: string, answer: (asked: Asked) => ReturnType<typeof xmlAnswer>): Operation => ({
  method: 'GET',
  level: 'bucket',
  parameter,
  run: async (asked) => {
    await asked.store.buckets.show(asked.ctx, asked.bucket);
    return answer(asked);
  },
});

const ofObject = (parameter: string, answer: (asked: Asked) => ReturnType<typeof xmlAnswer>): Operation => ({
  method: 'GET',
  level: 'object',
  parameter,
  run: async (asked) => {
    await asked.store.objects.show(asked.ctx, asked.ref);
    return answer(asked);
  },
});

/** A setting that no bucket has. */
const absent = (name: keyof typeof NoSuchSetting): Operation =>
  ofBucket(name, () => {
    throw NoSuchSetting[name]({});
  });

export const settingOperations: readonly Operation[] = [
  {
    method: 'GET',
    level: 'bucket',
    parameter: 'location',
    run: async ({ ctx, bucket, store }) => xmlAnswer('LocationConstraint', (await store.buckets.show(ctx, bucket)).region),
  },
  ofBucket('acl', (asked) => xmlAnswer('AccessControlPolicy', aclOf(asked))),
  ofBucket('versioning', () => xmlAnswer('VersioningConfiguration', null)),
  ofBucket('requestPayment', () => xmlAnswer('RequestPaymentConfiguration', { Payer: 'BucketOwner' })),
  absent('policy'),
  absent('lifecycle'),
  absent('cors'),
  absent('tagging'),
  ofObject('acl', (asked) => xmlAnswer('AccessControlPolicy', aclOf(asked))),
  ofObject('tagging', () => xmlAnswer('Tagging', { TagSet: null })),
];
