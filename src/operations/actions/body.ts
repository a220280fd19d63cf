import { Type as t } from '@sinclair/typebox';

/** The body of an action that takes no argument; Nova accepts anything there and reads none of it. */
export const nothing = t.Unknown();
