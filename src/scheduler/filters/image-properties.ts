import type { HostState } from '../host-state.ts';
import { type Filter, pass, reject } from './filter.ts';

/** Image property -> which part of a host's supported instances it must equal. */
const demands = [
  { property: 'hw_architecture', part: 0, noun: 'architecture' },
  { property: 'img_hv_type', part: 1, noun: 'hypervisor type' },
  { property: 'hw_vm_mode', part: 2, noun: 'VM mode' },
] as const;

const has = (host: HostState, part: 0 | 1 | 2, wanted: string) => host.supportedInstances.some((supported) => supported[part] === wanted);

/** The host can run the image: one of its supported instance types meets all requirements of the image. */
export const imagePropertiesFilter: Filter = {
  name: 'ImagePropertiesFilter',
  onRebuild: true,
  checkFor: ({ image }) => {
    const wanted = demands.flatMap(({ property, part, noun }) => {
      const value = image?.properties[property];
      return value === undefined ? [] : [{ part, noun, value }];
    });
    if (wanted.length === 0) return undefined;
    return (host) => {
      for (const kind of host.supportedInstances) if (wanted.every(({ part, value }) => kind[part] === value)) return pass;
      const missing = wanted.find(({ part, value }) => !has(host, part, value));
      return missing
        ? reject(`no ${missing.noun} ${missing.value}, which the image demands`)
        : reject(`no ${wanted.map(({ noun, value }) => `${noun} ${value}`).join(' together with ')}, which the image demands`);
    };
  },
};
