import { type Filter, pass, reject } from './filter.ts';

/** There are virtual CPUs left, and the host has as many real ones as one server wants. */
export const coreFilter: Filter = {
  name: 'CoreFilter',
  checkFor:
    ({ flavor }) =>
    (host) => {
      if (flavor.vcpus > host.vcpus) return reject(`${host.vcpus} CPUs in all, ${flavor.vcpus} wanted by one server`);
      return host.freeVcpus >= flavor.vcpus ? pass : reject(`${host.freeVcpus} virtual CPUs free, ${flavor.vcpus} wanted`);
    },
};
