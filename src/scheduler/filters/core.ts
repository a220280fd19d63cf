import { askForLess, type Filter, pass, reject } from './filter.ts';

/** The host has enough free virtual CPUs, and at least as many physical CPUs as the server wants. */
export const coreFilter: Filter = {
  name: 'CoreFilter',
  checkFor:
    ({ flavor }) =>
    (host) => {
      if (flavor.vcpus > host.vcpus) return reject(`${host.vcpus} CPUs in all, ${flavor.vcpus} wanted by one server`);
      return host.freeVcpus >= flavor.vcpus ? pass : reject(`${host.freeVcpus} virtual CPUs free, ${flavor.vcpus} wanted`);
    },
  remedy: ({ vcpus, freeVcpus }, { flavor }) =>
    askForLess({ wanted: flavor.vcpus, free: Math.min(vcpus, freeVcpus), noun: 'virtual CPUs' }),
};
