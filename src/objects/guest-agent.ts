/** What an image says of the agent in its guests: a program that does inside what the hypervisor cannot do from outside. */
import { type Static, Type as t } from '@sinclair/typebox';
import type { ImageMeta } from './image.ts';
import { imageFlag, imageProperty } from './image-properties.ts';

type Image = Pick<ImageMeta, 'properties'> | null;

/** Whether guests of the image run the agent of QEMU. */
export const hasGuestAgent = (image: Image): boolean => image !== null && imageFlag(image.properties, 'hw_qemu_guest_agent') === true;

/** Whether the disk of a running guest may only be copied while its file systems are frozen. */
export const requiresQuiesce = (image: Image): boolean => image !== null && imageFlag(image.properties, 'os_require_quiesce') === true;

/** The user whose password is the administrator's. */
export function administratorOf(image: Image): string {
  const properties = image?.properties ?? {};
  const usual = imageProperty(properties, 'os_type') === 'windows' ? 'Administrator' : 'root';
  return properties['os_admin_user'] || usual;
}

/** How a guest is quiesced while its disk is copied: `required` fails the copy where that is impossible. */
export const quiesce = t.Union([t.Literal('required'), t.Literal('ifPossible')]);
export type Quiesce = Static<typeof quiesce>;

/** What an image says of quiescing its guests. */
export const quiesceOf = (image: Image): Quiesce | undefined =>
  requiresQuiesce(image) ? 'required' : hasGuestAgent(image) ? 'ifPossible' : undefined;
