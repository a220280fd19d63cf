import { type ImagePropertyName, imageProperty } from '../../objects/image-properties.ts';
import type { HostState } from '../host-state.ts';
import { dotted, isVersionIn } from './versions.ts';
import { type Filter, giveUp, pass, reject } from './filter.ts';

interface Demand {
  readonly property: ImagePropertyName;
  /** Which part of a host's supported instances must equal it. */
  readonly part: 0 | 1 | 2;
  readonly noun: string;
}

const demands: readonly Demand[] = [
  { property: 'hw_architecture', part: 0, noun: 'architecture' },
  { property: 'img_hv_type', part: 1, noun: 'hypervisor type' },
  { property: 'hw_vm_mode', part: 2, noun: 'VM mode' },
];

/** QEMU and KVM run the same guests: what an image demands of one, the other has too. */
const oneKind = (value: string | undefined): string | undefined => (value === 'kvm' ? 'qemu' : value);

const isLike = (supported: string | undefined, { part, value }: { part: 0 | 1 | 2; value: string }): boolean =>
  part === 1 ? oneKind(supported) === oneKind(value) : supported === value;

const has = (host: HostState, wanted: { part: 0 | 1 | 2; value: string }) =>
  host.supportedInstances.some((supported) => isLike(supported[wanted.part], wanted));

/** The host can run the image: one of its supported instance types meets all requirements of the image. */
export const imagePropertiesFilter: Filter = {
  name: 'ImagePropertiesFilter',
  onRebuild: true,
  checkFor: ({ image }, { defaultArchitecture }) => {
    const properties = image?.properties ?? {};
    const wanted = demands.flatMap(({ property, part, noun }) => {
      const value = imageProperty(properties, property) ?? (property === 'hw_architecture' ? defaultArchitecture : undefined);
      return value === undefined ? [] : [{ part, noun, value }];
    });
    const version = imageProperty(properties, 'img_hv_requested_version');
    if (wanted.length === 0 && version === undefined) return undefined;
    return (host) => {
      if (version !== undefined && !isVersionIn(host.hypervisorVersion, version))
        return reject(`hypervisor version ${dotted(host.hypervisorVersion)}, ${version} wanted by the image`);
      if (wanted.length === 0) return pass;
      for (const kind of host.supportedInstances) if (wanted.every((one) => isLike(kind[one.part], one))) return pass;
      const missing = wanted.find((one) => !has(host, one));
      return missing
        ? reject(`no ${missing.noun} ${missing.value}, which the image demands`)
        : reject(`no ${wanted.map(({ noun, value }) => `${noun} ${value}`).join(' together with ')}, which the image demands`);
    };
  },
  remedy: giveUp('from another image'),
};
