/** The CPUs and nodes that a guest has on the host that it comes to. */
import type { MovedGuest } from '../../../objects/guest-spec.ts';
import { hardwareIn } from '../../../objects/guest-spec.ts';
import { memoryTuning, pins } from '../definition/nodes.ts';
import { changed, readXml } from '../read-xml.ts';
import { element, render, type XmlElement } from '../xml.ts';

const PINS = new Set(['vcpupin', 'emulatorpin', 'vcpusched', 'iothreadpin']);

/** The definition of a guest with its place there. `shared` are the CPUs there for guests without CPUs of their own, if not all. */
export function movedTo(xml: string, { numa, flavor, image }: MovedGuest, shared: string | undefined): string {
  const { realtime } = hardwareIn({ flavor, disk: image && { image, url: '', token: '' } }).numa;
  return render(
    changed(readXml(xml), (one) => {
      if (one.name === 'vcpu') return withCpus(one, numa ? undefined : shared);
      if (!numa || one.name !== 'cputune') return numa && one.name === 'numatune' ? memoryTuning(numa) : one;
      const limits = one.children.filter((child): child is XmlElement => typeof child !== 'string' && !PINS.has(child.name));
      return element('cputune', {}, [...limits, ...pins(numa, realtime)]);
    }),
  );
}

const withCpus = ({ attributes: { cpuset: _, ...attributes }, ...one }: XmlElement, cpuset: string | undefined): XmlElement => ({
  ...one,
  attributes: cpuset === undefined ? attributes : { ...attributes, cpuset },
});
