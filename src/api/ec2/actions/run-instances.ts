import type { BootOrder } from '../../../compute/servers/boot-request.ts';
import { MAX_USER_DATA } from '../../../operations/wire/guest-data.ts';
import { setOf, type Ec2Action } from '../action.ts';
import type { Ec2Deps } from '../deps.ts';
import { InvalidParameterCombination, InvalidParameterValue, MissingParameter, UnsupportedParameter } from '../errors.ts';
import type { Ec2Asked } from '../wire/asked.ts';
import { groupsNamed } from '../wire/groups.ts';
import { flavorsOf } from '../wire/flavors.ts';
import { imagesNamed, imagesOf } from '../wire/images.ts';
import { reservationsOf } from '../wire/instances.ts';
import { tagsIn } from '../wire/tags.ts';

/** The type of instances that name none, in EC2 as in Nova. */
const DEFAULT_TYPE = 'm1.small';
const MOST = 1_000;

/** What would be done differently than its sender expects, with the values that ask for nothing. */
const UNSUPPORTED: Readonly<Record<string, string>> = {
  BlockDeviceMapping: '',
  CapacityReservationSpecification: '',
  CpuOptions: '',
  DisableApiStop: 'false',
  DisableApiTermination: 'false',
  EnclaveOptions: '',
  HibernationOptions: '',
  IamInstanceProfile: '',
  InstanceInitiatedShutdownBehavior: 'stop',
  InstanceMarketOptions: '',
  Ipv6Address: '',
  Ipv6AddressCount: '0',
  KernelId: '',
  LaunchTemplate: '',
  MetadataOptions: '',
  NetworkInterface: '',
  'Placement.Affinity': '',
  'Placement.GroupId': '',
  'Placement.GroupName': '',
  'Placement.HostId': '',
  'Placement.HostResourceGroupArn': '',
  'Placement.PartitionNumber': '',
  'Placement.Tenancy': 'default',
  PrivateIpAddress: '',
  RamdiskId: '',
  SecondaryPrivateIpAddressCount: '0',
  SubnetId: '',
};

const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;

function userDataIn(asked: Ec2Asked): string | null {
  const text = asked.text('UserData')?.replace(/\s/g, '') ?? '';
  if (!BASE64.test(text) || text.length % 4 === 1) throw InvalidParameterValue({ problem: 'Invalid BASE64 encoding of user data' });
  if (text.length > MAX_USER_DATA)
    throw InvalidParameterValue({ problem: `User data is limited to ${MAX_USER_DATA} characters of BASE64.` });
  return text === '' ? null : text;
}

function countsIn(asked: Ec2Asked): Pick<BootOrder, 'minCount' | 'maxCount'> {
  const maxCount = asked.count('MaxCount', { least: 1, most: MOST });
  const minCount = asked.count('MinCount', { least: 1, most: MOST }) ?? 1;
  if (maxCount !== undefined && maxCount < minCount)
    throw InvalidParameterCombination({ problem: 'The parameter MaxCount is less than MinCount.' });
  return { minCount, maxCount: maxCount ?? minCount };
}

/** The request as the compute API has it. */
async function orderOf(asked: Ec2Asked, { flavors, images, securityGroups }: Ec2Deps): Promise<BootOrder> {
  const unsupported = Object.entries(UNSUPPORTED).find(([name, harmless]) => asked.has(name) && asked.text(name) !== harmless);
  if (unsupported) throw UnsupportedParameter({ name: unsupported[0] });
  const type = asked.text('InstanceType') ?? DEFAULT_TYPE;
  const [flavor] = await flavorsOf(asked.ctx, flavors, type);
  if (!flavor) throw InvalidParameterValue({ problem: `Invalid value '${type}' for InstanceType.` });
  const [image] = imagesNamed(await imagesOf(asked.ctx, images), [asked.required('ImageId')]);
  if (!image) throw MissingParameter({ name: 'ImageId' });
  const tags = tagsIn(asked, 'TagSpecification', 'instance');
  const groups = [
    ...asked.list('SecurityGroup'),
    ...(await groupsNamed(asked, securityGroups, asked.list('SecurityGroupId'))).map(({ id }) => id),
  ];
  return {
    ...countsIn(asked),
    name: tags['Name']?.trim() || 'instance',
    flavorId: flavor.id,
    imageId: image.id,
    networks: 'auto',
    securityGroups: groups.length === 0 ? ['default'] : groups,
    keyName: asked.text('KeyName') ?? null,
    userData: userDataIn(asked),
    metadata: tags,
    zone: asked.text('Placement.AvailabilityZone') ?? null,
    ...PLAIN,
  };
}

/** What EC2's callers do not choose. */
const PLAIN = {
  tags: [],
  files: [],
  trustedCertificates: null,
  description: null,
  hostname: null,
  blockDevices: [],
  mayShareVolumes: true,
  requestedHost: null,
  requestedNode: null,
  askedByZone: false,
  schedulerHints: {},
  configDrive: false,
  diskConfig: 'AUTO',
  accessIpV4: null,
  accessIpV6: null,
} as const satisfies Partial<BootOrder>;

export const runInstances: Ec2Action = {
  name: 'RunInstances',
  summary: 'Boot instances.',
  policy: 'os_compute_api:servers:create',
  run: async (asked, deps) => {
    const { servers } = await deps.compute.boot(asked.ctx, await orderOf(asked, deps));
    const [reservation] = reservationsOf(servers);
    return reservation ?? { instancesSet: setOf([]) };
  },
};
