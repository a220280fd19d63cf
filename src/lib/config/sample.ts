import type { Option, OptionGroup } from './option.ts';
import { REPEAT_SEPARATOR } from './value-type.ts';

/** A sample configuration file: every option with its help and its default, commented out. */
export const sampleConfig = (groups: readonly OptionGroup[]): string =>
  groups
    .map((group) => [`[${group.name}]`, ...Object.entries(group.options).map(([name, option]) => sampleOption(name, option))].join('\n\n'))
    .join('\n\n')
    .concat('\n');

function sampleOption(name: string, option: Option<unknown>): string {
  const environment = option.env === undefined ? [] : [`# Environment: ${option.env}`];
  // Shown for secret options too: a default is public in the source.
  const values = option.defaultText === undefined ? ['<none>'] : option.defaultText.split(REPEAT_SEPARATOR);
  return [`# ${option.help} (${option.type.name})`, ...environment, ...values.map((value) => `#${name} = ${value}`.trimEnd())].join('\n');
}
