/** Options of users, such as `multi_factor_auth_enabled`: none is supported. */
import { Type as t } from '@sinclair/typebox';
import { InvalidInput } from '../../../lib/versioning/validation.ts';

export const userOptions = t.Record(t.String(), t.Unknown());

/** Options change how users are authenticated: ignoring one would leave an operator less protected than they believe. Unset ones pass. */
export function refuseUserOptions(options: Readonly<Record<string, unknown>> = {}): void {
  const name = Object.keys(options).find((key) => isSet(options[key]));
  if (name !== undefined)
    throw InvalidInput({ message: `Invalid input for field 'options': the option '${name}' of users is not supported.` });
}

const isSet = (value: unknown) => value !== null && value !== false && !(Array.isArray(value) && value.length === 0);
