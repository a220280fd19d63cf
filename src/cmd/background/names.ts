import { didYouMean } from '../../lib/text/nearest.ts';
import { daemons } from '../daemons.ts';
import { UsageError } from '../usage-error.ts';

/** The service that a command line names, undefined where it names none; anything else is a usage error. */
export function daemonNamed(positionals: readonly string[]): string | undefined {
  const [name, ...more] = positionals;
  const names = daemons.map((service) => service.name);
  if (more.length > 0) throw UsageError({ because: `one service at a time, not ${positionals.join(' ')}` });
  if (name === undefined || names.includes(name)) return name;
  throw UsageError({ because: `there is no service "${name}"${didYouMean(name, names)} (known: ${names.join(', ')})` });
}
