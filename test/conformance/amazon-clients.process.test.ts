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

describe.skipIf(missing !== undefined && process.env['CI'] !== 'true')(`clients of S3 and EC2${missing ? ` (${missing})` : ''}`, () => {
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
    tools = await s3Tools(directory, urls(), key);
  });
  afterAll(async () => {
    await cloud?.destroy();
    await rm(directory, { recursive: true, force: true });
  });

  const urls = () => ({ url: cloud.url('objectstore'), ec2Url: `${cloud.url('ec2')}/services/Cloud` });
  const file = async (name: string, bytes: number): Promise<string> => {
    await writeFile(join(directory, name), randomBytes(bytes));
    return join(directory, name);
  };

  test('openstack lists, shows and deletes access keys', async () => {
    expect((await openstack.json('ec2', 'credentials', 'list')).map(({ Access }: { Access: string }) => Access)).toEqual([key.access]);
    expect(await openstack.json('ec2', 'credentials', 'show', key.access)).toMatchObject({ secret: key.secret });
    const other = await openstack.json('ec2', 'credentials', 'create');
    await openstack.out('ec2', 'credentials', 'delete', other.access);
    const asOther = await s3Tools(directory, urls(), other);
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

  test('boto3 boots, tags, stops, starts and terminates instances', async () => {
    const said = await tools.boto3(`
places = [ec2.describe_regions()['Regions'][0]['RegionName'], ec2.describe_availability_zones()['AvailabilityZones'][0]['State']]
image = next(i for i in ec2.describe_images(Filters=[{'Name': 'is-public', 'Values': ['true']}])['Images'] if i['Name'] == 'tiny')
types = [t['InstanceType'] for t in ec2.describe_instance_types()['InstanceTypes']]
pem = ec2.create_key_pair(KeyName='boto')['KeyMaterial'][:10]
args = dict(ImageId=image['ImageId'], InstanceType='m1.nano', MinCount=2, MaxCount=2, KeyName='boto', ClientToken='once-only',
  TagSpecifications=[{'ResourceType': 'instance', 'Tags': [{'Key': 'Name', 'Value': 'web<1>'}]}])
tried = code(ec2.run_instances, DryRun=True, **args)
first, again = ec2.run_instances(**args), ec2.run_instances(**args)
ids = [i['InstanceId'] for i in first['Instances']]
same = ids == [i['InstanceId'] for i in again['Instances']]
other = code(ec2.run_instances, **{**args, 'MaxCount': 3})
ec2.get_waiter('instance_running').wait(InstanceIds=ids, WaiterConfig={'Delay': 1, 'MaxAttempts': 60})
shown = ec2.describe_instances(InstanceIds=ids)['Reservations'][0]['Instances'][0]
ec2.create_tags(Resources=ids[:1], Tags=[{'Key': 'role', 'Value': 'db'}])
tagged = [i['InstanceId'] for r in ec2.describe_instances(Filters=[{'Name': 'tag:role', 'Values': ['d?']}, {'Name': 'instance-state-name', 'Values': ['run*', 'stopped']}])['Reservations'] for i in r['Instances']]
tags = [(t['Key'], t['Value']) for t in ec2.describe_tags(Filters=[{'Name': 'resource-id', 'Values': ids[:1]}])['Tags']]
output = ec2.get_console_output(InstanceId=ids[0])['InstanceId']
stopping = ec2.stop_instances(InstanceIds=ids)['StoppingInstances'][0]
ec2.get_waiter('instance_stopped').wait(InstanceIds=ids, WaiterConfig={'Delay': 1, 'MaxAttempts': 60})
errors = [code(ec2.reboot_instances, InstanceIds=ids), code(ec2.describe_instances, InstanceIds=['i-7fffffff']), code(ec2.describe_instances, InstanceIds=['vm-1']),
  code(ec2.describe_instances, Filters=[{'Name': 'no-such', 'Values': ['x']}]), code(ec2.run_instances, **{**args, 'ImageId': 'ami-00000000', 'ClientToken': 'x'}),
  code(ec2.run_instances, **{**args, 'KeyName': 'none', 'ClientToken': 'y'}), code(ec2.run_instances, **{**args, 'InstanceType': 'none', 'ClientToken': 'z'}),
  code(ec2.run_instances, **{**args, 'MinCount': 20, 'MaxCount': 20, 'ClientToken': 'q'}), code(ec2.create_key_pair, KeyName='boto'), code(ec2.import_key_pair, KeyName='k', PublicKeyMaterial=b'no key'),
  code(ec2.describe_key_pairs, KeyNames=['none']), code(ec2.describe_vpcs), code(ec2.stop_instances, InstanceIds=ids, DryRun=True), code(ec2.run_instances, **{**args, 'SubnetId': 'subnet-1', 'ClientToken': 's'}), tried,
  code(ec2.run_instances, **{**args, 'InstanceInitiatedShutdownBehavior': 'terminate', 'ClientToken': 't'}), code(ec2.run_instances, **{**args, 'UserData': 'u' * 60000, 'ClientToken': 'u'})]
ec2.start_instances(InstanceIds=ids)
ec2.get_waiter('instance_running').wait(InstanceIds=ids, WaiterConfig={'Delay': 1, 'MaxAttempts': 60})
gone = ec2.terminate_instances(InstanceIds=ids)['TerminatingInstances'][0]['CurrentState']['Name']
ec2.delete_key_pair(KeyName='boto')
print(json.dumps([places, 'm1.nano' in types, pem, same, other, [shown[k] for k in ('InstanceType', 'KeyName', 'ImageId')] + [bool(shown.get('PrivateIpAddress'))],
  tagged == ids[:1], tags, output == ids[0], stopping['CurrentState']['Name'], errors, gone]))`);
    expect(JSON.parse(said)).toEqual([
      ['RegionOne', 'available'],
      true,
      '-----BEGIN',
      true,
      'IdempotentParameterMismatch',
      ['m1.nano', 'boto', expect.stringMatching(/^ami-[0-9a-f]{8}$/), true],
      true,
      [
        ['Name', 'web<1>'],
        ['role', 'db'],
      ],
      true,
      'stopping',
      [
        'IncorrectInstanceState',
        'InvalidInstanceID.NotFound',
        'InvalidInstanceID.Malformed',
        'InvalidParameterValue',
        'InvalidAMIID.NotFound',
        'InvalidKeyPair.NotFound',
        'InvalidParameterValue',
        'InstanceLimitExceeded',
        'InvalidKeyPair.Duplicate',
        'InvalidKeyPair.Format',
        'InvalidKeyPair.NotFound',
        'InvalidAction',
        'DryRunOperation',
        'Unsupported',
        'DryRunOperation',
        'Unsupported',
        'InvalidParameterValue',
      ],
      'shutting-down',
    ]);
  });

  test('boto3 manages security groups and their rules', async () => {
    const said = await tools.boto3(`
group = ec2.create_security_group(GroupName='web', Description='for the web')['GroupId']
def ports(n, **more): return dict(GroupId=group, IpPermissions=[dict(IpProtocol='tcp', FromPort=n, ToPort=n, **more)])
everywhere = dict(IpRanges=[{'CidrIp': '0.0.0.0/0'}])
ec2.authorize_security_group_ingress(**ports(80, **everywhere))
ec2.authorize_security_group_ingress(**ports(22, IpRanges=[{'CidrIp': '10.0.0.0/8'}, {'CidrIp': '192.168.0.0/16'}], UserIdGroupPairs=[{'GroupName': 'web'}]))
shown = ec2.describe_security_groups(GroupNames=['web'])['SecurityGroups'][0]
rules = sorted((p['FromPort'], [r['CidrIp'] for r in p['IpRanges']], [g['GroupName'] for g in p['UserIdGroupPairs']]) for p in shown['IpPermissions'])
errors = [code(ec2.authorize_security_group_ingress, **ports(80, **everywhere)), code(ec2.revoke_security_group_ingress, **ports(81, **everywhere)), code(ec2.create_security_group, GroupName='web', Description='x'),
  code(ec2.authorize_security_group_ingress, **ports(99999, **everywhere)), code(ec2.authorize_security_group_ingress, **ports(1)), code(ec2.delete_security_group, GroupName='none'), code(ec2.authorize_security_group_ingress, **ports(1, IpRanges=[{'CidrIp': 'x'}]))]
errors.append(code(ec2.revoke_security_group_ingress, **ports(80, Ipv6Ranges=[{'CidrIpv6': '::/0'}])))
ec2.revoke_security_group_ingress(**ports(80, **everywhere))
of_itself = dict(GroupName='default', IpPermissions=[{'IpProtocol': '-1', 'UserIdGroupPairs': [{'GroupName': 'default'}]}])
def let_in(): return len([p for p in ec2.describe_security_groups(GroupNames=['default'])['SecurityGroups'][0]['IpPermissions'] if p['UserIdGroupPairs']])
before = let_in()
ec2.revoke_security_group_ingress(**of_itself)
between = let_in()
ec2.authorize_security_group_ingress(**of_itself)
whole = [before, between, let_in()]
image = ec2.describe_images()['Images'][0]['ImageId']
booted = ec2.run_instances(ImageId=image, InstanceType='m1.nano', MinCount=1, MaxCount=1, SecurityGroupIds=[group])['Instances'][0]['InstanceId']
ec2.get_waiter('instance_running').wait(InstanceIds=[booted], WaiterConfig={'Delay': 1, 'MaxAttempts': 60})
groups = ec2.describe_instances(Filters=[{'Name': 'group-name', 'Values': ['web']}])['Reservations'][0]['Instances'][0]['SecurityGroups'][0]['GroupName']
errors.append(code(ec2.delete_security_group, GroupId=group))
ec2.terminate_instances(InstanceIds=[booted])
print(json.dumps([rules, errors, groups, whole]))`);
    expect(JSON.parse(said)).toEqual([
      [
        [22, [], ['web']],
        [22, ['10.0.0.0/8'], []],
        [22, ['192.168.0.0/16'], []],
        [80, ['0.0.0.0/0'], []],
      ],
      [
        'InvalidPermission.Duplicate',
        'InvalidPermission.NotFound',
        'InvalidGroup.Duplicate',
        'InvalidParameterValue',
        'MissingParameter',
        'InvalidGroup.NotFound',
        'InvalidParameterValue',
        'InvalidPermission.NotFound',
        'DependencyViolation',
      ],
      'web',
      [2, 0, 1],
    ]);
  });

  test('aws ec2, and callers whom the cloud does not know', async () => {
    expect(await tools.ec2('describe-images', '--owners', 'self', '--query', 'Images')).toBe('[]\n');
    const unknown = await s3Tools(directory, urls(), { ...key, secret: 'guessed' });
    expect(await unknown.boto3('print(code(ec2.describe_instances))')).toBe('AuthFailure\n');
    const admin = await clientShell(cloud, 'openstack', 'openrc').json('ec2', 'credentials', 'create');
    const others = await s3Tools(directory, urls(), admin);
    await tools.boto3(
      "ec2.run_instances(ImageId=ec2.describe_images()['Images'][0]['ImageId'], InstanceType='m1.nano', MinCount=1, MaxCount=1)",
    );
    expect(await others.boto3("print([r for r in ec2.describe_instances()['Reservations']])")).toBe('[]\n');
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
