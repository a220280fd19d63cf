/** Compares an answer with a published sample of it: not the values, but which keys there are and of which type. */

/** Where the keys are data and not names, and how many levels deep: in these, one entry stands for all. */
const maps: Readonly<Record<string, number>> = { hosts: 2, extra_specs: 1, metadata: 1, addresses: 1 };

/** Everything in which an answer has another shape than the sample, as sentences; empty when it has the same. */
export function shapeFaults(sample: unknown, answer: unknown, place = 'the answer'): string[] {
  // What is null in one of them may be anything in the other: samples do not tell its type.
  if (sample === null || answer === null) return [];
  const [wanted, found] = [typeOf(sample), typeOf(answer)];
  if (wanted !== found) return [`${place} is ${found}, the sample ${wanted}`];
  if (Array.isArray(sample) && Array.isArray(answer)) return firstFaults(sample, answer, `${place}[]`);
  if (wanted !== 'object') return [];
  return objectFaults(Object(sample), Object(answer), place);
}

const typeOf = (value: unknown): string => (Array.isArray(value) ? 'array' : typeof value);

/** Items are alike: every one of the answer is compared with the first of the sample. */
const firstFaults = (sample: readonly unknown[], answer: readonly unknown[], place: string): string[] =>
  sample.length === 0 ? [] : answer.flatMap((item) => shapeFaults(sample[0], item, place));

function objectFaults(sample: Record<string, unknown>, answer: Record<string, unknown>, place: string): string[] {
  const [, last = '', levels = ''] = /\.([\w:-]+)((?:\.\*)*)$/.exec(place) ?? [];
  if (levels.length / 2 < (maps[last] ?? 0)) return firstFaults(Object.values(sample), Object.values(answer), `${place}.*`);
  const missing = Object.keys(sample).filter((key) => !Object.hasOwn(answer, key));
  const more = Object.keys(answer).filter((key) => !Object.hasOwn(sample, key));
  const shared = Object.keys(sample).filter((key) => Object.hasOwn(answer, key));
  return [
    ...missing.map((key) => `${place} lacks ${key}`),
    ...more.map((key) => `${place} has ${key}, the sample does not`),
    ...shared.flatMap((key) => shapeFaults(sample[key], answer[key], `${place}.${key}`)),
  ];
}
