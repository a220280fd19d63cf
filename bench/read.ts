import { openGenerator } from './generator.ts';
import type { Question } from './load.ts';
import { paceBesideRaw } from './raw.ts';
import { type Figure, figure, perSecond } from './table.ts';
import type { yardsticks } from './yardsticks.ts';

/** Measures a request that is repeated, beside a raw server that answers with the same bytes. */
export async function read(kind: keyof typeof yardsticks, what: string, question: Question): Promise<Figure> {
  const { shareOfRaw, ...pace } = await paceBesideRaw(await openGenerator(), question);
  return figure(kind, what, { ...perSecond(pace), shareOfRaw });
}
