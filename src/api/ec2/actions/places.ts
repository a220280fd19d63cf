/** Regions, zones, and the types of instances. */
import type { Flavor } from '../../../objects/flavor.ts';
import { type Ec2Action, setOf } from '../action.ts';
import { InvalidParameterValue } from '../errors.ts';
import { passing } from '../wire/filters.ts';
import { flavorsOf } from '../wire/flavors.ts';

const typeOf = ({ name, vcpus, ramMb, rootGb, ephemeralGb }: Flavor) => ({
  instanceType: name,
  currentGeneration: true,
  freeTierEligible: false,
  bareMetal: false,
  processorInfo: { supportedArchitectures: setOf(['x86_64']) },
  vCpuInfo: { defaultVCpus: vcpus, defaultCores: vcpus, defaultThreadsPerCore: 1 },
  memoryInfo: { sizeInMiB: ramMb },
  instanceStorageSupported: true,
  instanceStorageInfo: { totalSizeInGB: rootGb + ephemeralGb },
  supportedRootDeviceTypes: setOf(['instance-store']),
});

export const placeActions: readonly Ec2Action[] = [
  {
    name: 'DescribeRegions',
    summary: 'List the regions.',
    policy: 'os_compute_api:os-availability-zone:list',
    run: async (asked, { region, endpoint }) => {
      const all = [{ regionName: region, regionEndpoint: endpoint.replace(/^\w+:\/\//, ''), optInStatus: 'opt-in-not-required' }];
      const named = asked.list('RegionName');
      const unknown = named.find((name) => name !== region);
      if (unknown !== undefined) throw InvalidParameterValue({ problem: `Invalid region provided: ${unknown}` });
      const table = { 'region-name': ({ regionName }: { regionName: string }) => regionName };
      return { regionInfo: setOf(passing(all, asked.filters, table)) };
    },
  },
  {
    name: 'DescribeAvailabilityZones',
    summary: 'List the availability zones.',
    policy: 'os_compute_api:os-availability-zone:list',
    run: async (asked, { zones, region }) => {
      const all = (await zones.list(asked.ctx)).map(({ name, isAvailable }) => ({
        zoneName: name,
        zoneId: name,
        zoneState: isAvailable ? 'available' : 'unavailable',
        regionName: region,
        optInStatus: 'opt-in-not-required',
        messageSet: null,
      }));
      const named = asked.list('ZoneName');
      const unknown = named.find((name) => !all.some(({ zoneName }) => zoneName === name));
      if (unknown !== undefined) throw InvalidParameterValue({ problem: `Invalid availability zone: [${unknown}]` });
      const wanted = named.length === 0 ? all : all.filter(({ zoneName }) => named.includes(zoneName));
      type Zone = (typeof all)[number];
      const table = { 'zone-name': (zone: Zone) => zone.zoneName, state: (zone: Zone) => zone.zoneState, 'region-name': () => region };
      return { availabilityZoneInfo: setOf(passing(wanted, asked.filters, table)) };
    },
  },
  {
    name: 'DescribeInstanceTypes',
    summary: 'List the flavors as types of instances.',
    policy: 'os_compute_api:os-availability-zone:list',
    run: async (asked, { flavors }) => {
      const all = await flavorsOf(asked.ctx, flavors);
      const named = asked.list('InstanceType');
      const unknown = named.find((name) => !all.some((flavor) => flavor.name === name));
      if (unknown !== undefined)
        throw InvalidParameterValue({ problem: `The following supplied instance types do not exist: [${unknown}]` });
      const wanted = named.length === 0 ? all : all.filter(({ name }) => named.includes(name));
      return { instanceTypeSet: setOf(passing(wanted, asked.filters, { 'instance-type': ({ name }) => name }).map(typeOf)) };
    },
  },
];
