/** Kinds of options that several groups have. */
import { type Option, option } from '../lib/config/option.ts';
import { integer, text } from '../lib/config/value-type.ts';

/** Where the API of a service is reached. */
export const publicEndpoint = (what: string): Option<string | undefined> =>
  option(text(), { help: `Start of the links of the ${what} API and of its address in the catalog; unset: where it listens.` });

/** A quota. */
export const limit = (what: string, byDefault: number): Option<number> =>
  option(integer({ min: -1 }), { default: byDefault, help: `${what}; -1 is unlimited.` });
