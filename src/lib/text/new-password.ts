import type { Ids } from '../clock/ids.ts';

/** Letters and digits that nobody takes for one another. */
const LETTERS = '23456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';
const LENGTH = 12;

/** A password that was not chosen by anybody. */
export const newPassword = (ids: Ids): string => Array.from({ length: LENGTH }, () => LETTERS.charAt(ids.below(LETTERS.length))).join('');
