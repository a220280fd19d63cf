/** Recognises disk formats by their first bytes, as QEMU does when it probes a file: data that it would open as a format is never taken as raw. */

interface Signature {
  readonly format: 'qcow2' | 'vmdk' | 'vhd' | 'vhdx' | 'vdi' | 'ploop' | 'qed' | 'luks' | 'bochs' | 'cloop';
  readonly offset: number;
  readonly magic: Buffer;
}

const signature = (format: Signature['format'], magic: string | readonly number[], offset = 0): Signature => ({
  format,
  offset,
  magic: typeof magic === 'string' ? Buffer.from(magic, 'latin1') : Buffer.from(magic),
});

const signatures: readonly Signature[] = [
  signature('qcow2', 'QFI\xfb'),
  signature('vmdk', 'KDMV'),
  signature('vmdk', 'COWD'),
  signature('vmdk', '# Disk DescriptorFile'),
  signature('vhd', 'conectix'),
  signature('vhdx', 'vhdxfile'),
  signature('vdi', [0x7f, 0x10, 0xda, 0xbe], 64),
  signature('ploop', 'WithoutFreeSpace'),
  signature('ploop', 'WithouFreSpacExt'),
  signature('qed', 'QED\0'),
  signature('luks', [0x4c, 0x55, 0x4b, 0x53, 0xba, 0xbe]),
  signature('bochs', 'Bochs Virtual HD Image'),
  signature('cloop', '#!/bin/sh\n#V2.0 Format\nmodprobe cloop'),
];

/** A descriptor of VMDK as QEMU recognises it: comments and blank lines, then the version. */
const vmdkDescriptor = /^(?:#[^\n]*\n|[ \r]*\n)*version=[123]\r?\n/;

/** The format that the data begins as; undefined for raw data. */
export function formatOf(head: Buffer): Signature['format'] | undefined {
  const found = signatures.find(({ offset, magic }) => head.subarray(offset, offset + magic.length).equals(magic));
  if (found) return found.format;
  return vmdkDescriptor.test(head.toString('latin1')) ? 'vmdk' : undefined;
}

/** The identifier of the first volume descriptor of ISO 9660. */
export const looksLikeIso = (head: Buffer): boolean => head.subarray(0x8001, 0x8006).equals(Buffer.from('CD001'));
