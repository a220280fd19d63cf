import { basename } from 'node:path';
import { elementAt, readXml, textIn } from './read-xml.ts';

/** The cached images that a guest's kernel and ramdisk are, by their hashes. */
export interface BootFiles {
  readonly kernel?: string;
  readonly ramdisk?: string;
}

/** Reads them from a definition that libvirt wrote. */
export function bootFilesIn(xml: string): BootFiles {
  const system = elementAt(readXml(xml), 'os');
  const fileIn = (name: 'kernel' | 'initrd') => {
    const path = textIn(elementAt(system, name));
    // The cache names its files by their hash.
    return path === undefined ? undefined : basename(path);
  };
  const [kernel, ramdisk] = [fileIn('kernel'), fileIn('initrd')];
  return {
    ...(kernel === undefined ? {} : { kernel }),
    ...(ramdisk === undefined ? {} : { ramdisk }),
  };
}
