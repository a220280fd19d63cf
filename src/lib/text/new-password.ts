import type { Ids } from '../clock/ids.ts';

/** Letters and digits without look-alikes. */
const LETTERS = '23456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';
const LENGTH = 12;

/** A random password. */
export const newPassword = (ids: Ids): string => Array.from({ length: LENGTH }, () => LETTERS.charAt(ids.below(LETTERS.length))).join('');

/** A password computed from random bytes, of which there must be many more than it has letters. */
export function passwordFrom(bytes: Buffer): string {
  let rest = BigInt(`0x${bytes.toString('hex')}`);
  let password = '';
  while (password.length < LENGTH) {
    password += LETTERS.charAt(Number(rest % BigInt(LETTERS.length)));
    rest /= BigInt(LETTERS.length);
  }
  return password;
}
