import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Clock } from '../lib/clock/clock.ts';

/** How long a pass is valid, in seconds: the time that a host may take to build a guest. */
const PASS_SECONDS = 3_600;

const PREFIX = 'image-pass';

/** Whether a token has the form of a pass; `ImagePasses` checks it. Tokens of the identity service never have this form. */
export const isImagePass = (token: string): boolean => token.startsWith(`${PREFIX}.`);

/**
 * Passes to the data of one image, for hosts that build guests. A pass is signed, not stored. It names its image and its expiry but no user:
 * whoever finds one can read that image's data until then, and do nothing else.
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
  passTo(imageId: string): string {
    return this.#signed(imageId, Math.floor(this.#clock.now().getTime() / 1000) + PASS_SECONDS);
  }

  /** Whether a pass opens an image now. */
  opens(pass: string, imageId: string): boolean {
    const end = Number(pass.split('.')[2]);
    if (!Number.isSafeInteger(end) || end * 1000 <= this.#clock.now().getTime()) return false;
    const [expected, actual] = [Buffer.from(this.#signed(imageId, end)), Buffer.from(pass)];
    return expected.length === actual.length && timingSafeEqual(expected, actual);
  }

  #signed(imageId: string, endSeconds: number): string {
    const claim = `${PREFIX}.${imageId}.${endSeconds}`;
    return `${claim}.${createHmac('sha256', this.#secret).update(claim).digest('base64url')}`;
  }
}
