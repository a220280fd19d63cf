import { errorType } from '../errors/error-type.ts';

/** One thing wrong with the configuration: where ("nova.conf:12", "environment NOVA_HOST"), and what. */
export interface Problem {
  readonly where: string;
  readonly what: string;
}

/** The configuration cannot be used. It lists every problem, so that one round of corrections suffices. */
export const ConfigInvalid = errorType('ConfigInvalid', 'invalid', (p: { problems: readonly Problem[] }) =>
  p.problems.map(({ where, what }) => `${where}: ${what}`).join('\n'),
);
