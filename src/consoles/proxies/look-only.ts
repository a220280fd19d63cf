import type { ConsoleType } from '../../objects/console.ts';
import type { Take } from './bridge.ts';
import { rfbLookOnly } from './rfb-look-only.ts';

/** For viewers of links to look only: the screen's own protocol is needed to see anything, keys and mouse are not. */
export const keepFromTyping = (type: ConsoleType): Take => (type === 'novnc' ? rfbLookOnly() : () => Buffer.alloc(0));
