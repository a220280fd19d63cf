/** The list of buckets, and buckets themselves. */
import { textOf } from '../../../lib/xml/read-xml.ts';
import { emptyAnswer, xmlAnswer } from '../answers/xml-answer.ts';
import { refuseUnsupported } from '../request/kept-headers.ts';
import type { Operation } from './operation.ts';

export const bucketOperations: readonly Operation[] = [
  {
    method: 'GET',
    level: 'service',
    run: async ({ ctx, store }) => {
      const buckets = await store.buckets.list(ctx);
      const found = buckets.map(({ name, createdAt }) => ({ Name: name, CreationDate: createdAt }));
      const owner = { ID: ctx.projectId, DisplayName: ctx.projectName ?? ctx.projectId };
      return xmlAnswer('ListAllMyBucketsResult', { Owner: owner, Buckets: { Bucket: found } });
    },
  },
  {
    method: 'PUT',
    level: 'bucket',
    run: async (asked) => {
      refuseUnsupported(asked);
      const wanted = await asked.xml('CreateBucketConfiguration');
      await asked.store.buckets.create(asked.ctx, asked.bucket, (wanted && textOf(wanted, 'LocationConstraint')) ?? '');
      return emptyAnswer(200, { Location: `/${asked.bucket}` });
    },
  },
  {
    method: 'HEAD',
    level: 'bucket',
    run: async ({ ctx, bucket, store }) => {
      const { region } = await store.buckets.show(ctx, bucket);
      return emptyAnswer(200, region === '' ? {} : { 'x-amz-bucket-region': region });
    },
  },
  {
    method: 'DELETE',
    level: 'bucket',
    run: async ({ ctx, bucket, store }) => {
      await store.buckets.delete(ctx, bucket);
      return emptyAnswer(204);
    },
  },
];
