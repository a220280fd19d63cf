/** The ids by which EC2 names things. They are derived from ours, so that they never change. */

const DIGITS = 8;

/** `i-0000002a` is the server with the number 42. */
export const instanceIdOf = ({ number }: { readonly number: number }): string => `i-${number.toString(16).padStart(DIGITS, '0')}`;

const INSTANCE_ID = /^i-([0-9a-f]{8})$/;
/** Numbers are 32-bit integers of the database. */
const MAX_NUMBER = 0x7fffffff;

/** The number in an instance id; undefined if it is malformed, or too large to be one. */
export function numberOf(instanceId: string): number | undefined {
  const [, digits] = INSTANCE_ID.exec(instanceId) ?? [];
  const number = Number.parseInt(digits ?? '', 16);
  return number <= MAX_NUMBER ? number : undefined;
}

/** Images have no small numbers, so EC2's eight digits are the first of the image's id. */
export const digitsOf = (id: string): string => id.slice(0, DIGITS);

/** What an image is for, as EC2 tells by its id. */
export type ImageKind = 'ami' | 'aki' | 'ari';

/** `ami-b93fd0cc` of a machine's image, `aki-` of a kernel's, `ari-` of a ramdisk's. */
export const imageIdOf = (kind: ImageKind, id: string): string => `${kind}-${digitsOf(id)}`;

/** The digits in an image id; undefined if it is malformed. */
export const digitsIn = (imageId: string): string | undefined => /^a[mkr]i-([0-9a-f]{8})$/.exec(imageId)?.[1];

/** `sg-` and the first digits of a security group's id. */
export const groupIdOf = ({ id }: { readonly id: string }): string => `sg-${digitsOf(id)}`;
