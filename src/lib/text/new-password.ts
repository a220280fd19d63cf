import type { Ids } from '../clock/ids.ts';

/** Letters and digits without look-alikes. */
const LETTERS = '23456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';
const LENGTH = 12;

/** A random password. */
export const newPassword = (ids: Ids): string => Array.from({ length: LENGTH }, () => LETTERS.charAt(ids.below(LETTERS.length))).join('');
