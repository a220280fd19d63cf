import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Clock } from '../lib/clock/clock.ts';

/** What a pass is for, and how long it is valid, in seconds. */
const kinds = {
  /** Reading the data: the time that a host may take to build a guest. */
  read: { prefix: 'image-pass', seconds: 3_600 },
  /** Sending the data: a host copies a disk before. Once the image has its data the pass opens nothing. */
  write: { prefix: 'image-upload-pass', seconds: 86_400 },
} as const;

type Kind = keyof typeof kinds;

/** Whether a token has the form of a pass; `ImagePasses` checks it. Tokens of the identity service never have this form. */
export const isImagePass = (token: string): boolean => Object.values(kinds).some(({ prefix }) => token.startsWith(`${prefix}.`));

/**
 * Passes to the data of one image, for hosts that build guests or copy their disks. A pass is signed, not stored. It names its image and its
 * expiry but no user: whoever finds one can read that image's data until then, or send it, and do nothing else.
 */
export class ImagePasses {
  readonly #secret: string;
  readonly #clock: Clock;

  /** @param secret one for all processes of the cloud */
  constructor({ secret, clock }: { readonly secret: string; readonly clock: Clock }) {
    this.#secret = secret;
    this.#clock = clock;
  }

  /** A pass that is valid from now on. */
  passTo(imageId: string, kind: Kind = 'read'): string {
    return this.#signed(kind, imageId, Math.floor(this.#clock.now().getTime() / 1000) + kinds[kind].seconds);
  }

  /** Whether a pass opens an image now, for this. */
  opens(pass: string, imageId: string, kind: Kind = 'read'): boolean {
    const end = Number(pass.split('.')[2]);
    if (!Number.isSafeInteger(end) || end * 1000 <= this.#clock.now().getTime()) return false;
    const [expected, actual] = [Buffer.from(this.#signed(kind, imageId, end)), Buffer.from(pass)];
    return expected.length === actual.length && timingSafeEqual(expected, actual);
  }

  #signed(kind: Kind, imageId: string, endSeconds: number): string {
    const claim = `${kinds[kind].prefix}.${imageId}.${endSeconds}`;
    return `${claim}.${createHmac('sha256', this.#secret).update(claim).digest('base64url')}`;
  }
}
