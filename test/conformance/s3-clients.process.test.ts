import { createHash, randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { query } from '../support/books.ts';
import { type Cloud, startCloud } from '../support/cloud.ts';
import { type ClientShell, clientMissing, clientShell } from '../support/real-client.ts';
import { askS3, type S3Key, signS3 } from '../support/s3-client.ts';
import { type S3Tools, s3Tools, s3ToolMissing } from '../support/s3-tools.ts';
import { verifyCloud } from '../support/verify-cloud.ts';

const missing = clientMissing('openstack') ?? s3ToolMissing();
const MIB = 1024 ** 2;

describe.skipIf(missing !== undefined && process.env['CI'] !== 'true')(`clients of S3${missing ? ` (${missing})` : ''}`, () => {
  let cloud: Cloud;
  let openstack: ClientShell;
  let directory: string;
  let key: S3Key;
  let tools: S3Tools;
  beforeAll(async () => {
    cloud = await startCloud();
    openstack = clientShell(cloud, 'openstack', 'openrc-demo');
    directory = await mkdtemp(join(tmpdir(), 'nova-s3-clients-'));
    const made = await openstack.json('ec2', 'credentials', 'create');
    key = { access: made.access, secret: made.secret };
    tools = await s3Tools(directory, cloud.url('objectstore'), key);
  });
  afterAll(async () => {
    await cloud?.destroy();
    await rm(directory, { recursive: true, force: true });
  });

  const file = async (name: string, bytes: number): Promise<string> => {
    await writeFile(join(directory, name), randomBytes(bytes));
    return join(directory, name);
  };

  test('openstack lists, shows and deletes access keys', async () => {
    expect((await openstack.json('ec2', 'credentials', 'list')).map(({ Access }: { Access: string }) => Access)).toEqual([key.access]);
    expect(await openstack.json('ec2', 'credentials', 'show', key.access)).toMatchObject({ secret: key.secret });
    const other = await openstack.json('ec2', 'credentials', 'create');
    await openstack.out('ec2', 'credentials', 'delete', other.access);
    const asOther = await s3Tools(directory, cloud.url('objectstore'), other);
    await expect(asOther.aws('s3', 'ls')).rejects.toThrow('InvalidAccessKeyId');
    expect((await openstack.json('catalog', 'show', 's3')).name).toBe('s3');
  });

  // The CLI takes seconds to load: few commands.
  test('aws: a large file in parts, a tree in step with another, a presigned URL', async () => {
    await tools.aws('s3', 'mb', 's3://aws-yard');
    await mkdir(join(directory, 'tree/a b'), { recursive: true });
    const big = await file('tree/big', 20 * MIB + 3);
    const odd = await file('tree/a b/zwei ü&<', 10);
    await tools.aws('s3', 'sync', join(directory, 'tree'), 's3://aws-yard/tree');
    await rm(odd);
    await tools.aws('s3', 'sync', '--delete', join(directory, 'tree'), 's3://aws-yard/tree');
    expect(await tools.aws('s3', 'ls', '--recursive', 's3://aws-yard')).toMatch(/^\S+ \S+ +20971523 tree\/big\n$/);
    const url = (await tools.aws('s3', 'presign', 's3://aws-yard/tree/big')).trim();
    const answer = await fetch(url);
    expect(answer.headers.get('etag')).toMatch(/-3"$/);
    expect(
      createHash('sha256')
        .update(Buffer.from(await answer.arrayBuffer()))
        .digest('hex'),
    ).toBe(await hashOf(big));
    await tools.aws('s3', 'rb', '--force', 's3://aws-yard');
  });

  test('boto3: every call of a program, with the errors that it looks for', async () => {
    const said = await tools.boto3(`
from botocore.exceptions import ClientError
def code(call, **args):
    try: call(**args)
    except ClientError as e: return e.response['Error']['Code']
s3.create_bucket(Bucket='boto-yard')
s3.get_waiter('bucket_exists').wait(Bucket='boto-yard')
for n in range(5): s3.put_object(Bucket='boto-yard', Key=f'd{n % 2}/k{n}', Body=b'x' * n, Metadata={'n': str(n)})
pages = s3.get_paginator('list_objects_v2').paginate(Bucket='boto-yard', PaginationConfig={'PageSize': 2})
keys = [o['Key'] for p in pages for o in p.get('Contents', [])]
rolled = [p['Prefix'] for p in s3.list_objects_v2(Bucket='boto-yard', Delimiter='/')['CommonPrefixes']]
s3.copy_object(Bucket='boto-yard', Key='copy', CopySource={'Bucket': 'boto-yard', 'Key': 'd0/k4'})
up = s3.create_multipart_upload(Bucket='boto-yard', Key='parts')['UploadId']
part = s3.upload_part(Bucket='boto-yard', Key='parts', UploadId=up, PartNumber=1, Body=b'p')['ETag']
listed = len(s3.list_multipart_uploads(Bucket='boto-yard')['Uploads']), len(s3.list_parts(Bucket='boto-yard', Key='parts', UploadId=up)['Parts'])
s3.complete_multipart_upload(Bucket='boto-yard', Key='parts', UploadId=up, MultipartUpload={'Parts': [{'PartNumber': 1, 'ETag': part}]})
ranged = s3.get_object(Bucket='boto-yard', Key='copy', Range='bytes=1-2')
errors = [code(s3.get_object, Bucket='boto-yard', Key='none'), code(s3.head_object, Bucket='boto-yard', Key='none'), code(s3.create_bucket, Bucket='boto-yard'),
  code(s3.delete_bucket, Bucket='boto-yard'), code(s3.create_bucket, Bucket='Not a name'.replace(' ', '')), code(s3.put_bucket_versioning, Bucket='boto-yard', VersioningConfiguration={'Status': 'Enabled'})]
gone = s3.delete_objects(Bucket='boto-yard', Delete={'Objects': [{'Key': k} for k in keys + ['copy', 'parts']]})
s3.delete_bucket(Bucket='boto-yard')
print(json.dumps([keys, rolled, listed, ranged['Body'].read().decode(), ranged['ContentRange'], ranged['Metadata'], errors, len(gone['Deleted'])]))`);
    expect(JSON.parse(said)).toEqual([
      ['d0/k0', 'd0/k2', 'd0/k4', 'd1/k1', 'd1/k3'],
      ['d0/', 'd1/'],
      [1, 1],
      'xx',
      'bytes 1-2/4',
      { n: '4' },
      ['NoSuchKey', '404', 'BucketAlreadyOwnedByYou', 'BucketNotEmpty', 'InvalidBucketName', 'NotImplemented'],
      7,
    ]);
  });

  test('s3cmd, by both versions of the signature', async () => {
    const small = await file('small', 1_000);
    for (const version of [[], ['--signature-v2']]) {
      await tools.s3cmd(...version, 'mb', 's3://cmd-yard');
      await tools.s3cmd(...version, 'put', small, 's3://cmd-yard/a file');
      await tools.s3cmd(...version, 'get', '--force', 's3://cmd-yard/a file', join(directory, 'got'));
      expect(await hashOf(join(directory, 'got'))).toBe(await hashOf(small));
      expect(await tools.s3cmd(...version, 'info', 's3://cmd-yard/a file')).toContain('File size: 1000');
      await tools.s3cmd(...version, 'rb', '--recursive', '--force', 's3://cmd-yard');
    }
  });

  test('rclone: a tree copied, compared and removed', async () => {
    await mkdir(join(directory, 'source/deep'), { recursive: true });
    await Promise.all([file('source/a', 6 * MIB), file('source/deep/b', 10), file('source/deep/c', 0)]);
    await tools.rclone('mkdir', 'cloud:rclone-yard');
    await tools.rclone('copy', '--s3-upload-cutoff', '5M', '--s3-chunk-size', '5M', join(directory, 'source'), 'cloud:rclone-yard');
    await tools.rclone('check', '--download', join(directory, 'source'), 'cloud:rclone-yard');
    await tools.rclone('purge', 'cloud:rclone-yard');
  });

  test('kill -9 in the middle of uploads leaves the objects that were there, and no file without one', async () => {
    await tools.aws('s3', 'mb', 's3://kill-yard');
    const origin = cloud.url('objectstore');
    expect((await askS3(origin, key, 'PUT', '/kill-yard/k', { body: 'before' })).status).toBe(200);
    const halves = ['k', 'new', 'newer'].map((name) => halfSent(origin, key, `/kill-yard/${name}`));
    const writing = async () =>
      (await query<{ n: number }>(cloud, 'select count(*)::int as n from object_data where writer is not null'))[0]?.n;
    await expect.poll(writing, { timeout: 20_000 }).toBe(3);
    await cloud.kill9();
    for (const half of halves) half.destroy();
    await cloud.start();
    expect((await askS3(origin, key, 'GET', '/kill-yard/k')).text).toBe('before');
    expect((await askS3(origin, key, 'GET', '/kill-yard/new')).code).toBe('NoSuchKey');
    // The database takes a moment to notice that the writer is gone; the next look is within a minute.
    await expect.poll(writing, { timeout: 90_000, interval: 1_000 }).toBe(0);
    const verdict = await verifyCloud(cloud);
    expect([verdict.breaches, verdict.notChecked.filter((what) => what.includes('objects'))]).toEqual([[], []]);
  });
});

const hashOf = async (path: string) =>
  createHash('sha256')
    .update(await readFile(path))
    .digest('hex');

/** A request whose body does not end. */
function halfSent(origin: string, key: S3Key, path: string) {
  const { headers } = signS3(origin, key, 'PUT', path, { payload: 'UNSIGNED-PAYLOAD' });
  const sent = request(`${origin}${path}`, { method: 'PUT', headers: { ...headers, 'content-length': 2 * MIB } });
  sent.on('error', () => {});
  sent.write(Buffer.alloc(MIB, 'h'));
  return sent;
}
