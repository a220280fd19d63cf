/** Compares an answer with its published sample: keys, types and formats, but not values. */

/** Objects whose keys are data, and for how many levels: one entry of the sample stands for all. */
const maps: Readonly<Record<string, number>> = { hosts: 2, extra_specs: 1, metadata: 1, addresses: 1, log: 1 };

/** Recognisable text formats: if the sample's text has one, the answer's must too. */
const forms: Readonly<Record<string, RegExp>> = {
  'a time in seconds': /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/,
  'a time in microseconds': /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}$/,
  'a uuid': /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/,
  'a request id': /^req-[\da-f-]{36}$/,
  'a reservation id': /^r-[\da-z]{8}$/,
  'a hash': /^[\da-f]{56}$/,
  'an IPv4 address': /^\d+(\.\d+){3}$/,
  'a MAC address': /^[\da-f]{2}(:[\da-f]{2}){5}$/,
  'a link': /^https?:\/\//,
};

/** Every difference in shape between an answer and its sample, as sentences. */
export function shapeFaults(sample: unknown, answer: unknown, place = 'the answer'): string[] {
  // A null in one may be anything in the other: a sample's null has no type.
  if (sample === null || answer === null) return [];
  const [wanted, found] = [typeOf(sample), typeOf(answer)];
  if (wanted !== found) return [`${place} is ${found}, the sample ${wanted}`];
  if (Array.isArray(sample) && Array.isArray(answer)) return itemFaults(sample, answer, `${place}[]`);
  if (typeof sample === 'string' && typeof answer === 'string') return formFaults(sample, answer, place);
  if (wanted !== 'object') return [];
  return objectFaults(Object(sample), Object(answer), place);
}

const typeOf = (value: unknown): string => (Array.isArray(value) ? 'array' : typeof value);

const formFaults = (sample: string, answer: string, place: string): string[] =>
  Object.entries(forms).flatMap(([form, looks]) =>
    looks.test(sample) && !looks.test(answer) ? [`${place} is not ${form}: ${answer}`] : [],
  );

/** Each item of the answer is compared with the most similar one of the sample. */
const itemFaults = (sample: readonly unknown[], answer: readonly unknown[], place: string): string[] =>
  sample.length === 0 ? [] : answer.flatMap((item) => fewest(sample.map((one) => shapeFaults(one, item, place))));

const fewest = (lists: readonly string[][]): string[] => lists.reduce((best, list) => (list.length < best.length ? list : best));

function objectFaults(sample: Record<string, unknown>, answer: Record<string, unknown>, place: string): string[] {
  const [, last = '', levels = ''] = /\.([\w:-]+)((?:\.\*)*)$/.exec(place) ?? [];
  if (levels.length / 2 < (maps[last] ?? 0)) return itemFaults(Object.values(sample), Object.values(answer), `${place}.*`);
  const missing = Object.keys(sample).filter((key) => !Object.hasOwn(answer, key));
  const more = Object.keys(answer).filter((key) => !Object.hasOwn(sample, key));
  const shared = Object.keys(sample).filter((key) => Object.hasOwn(answer, key));
  return [
    ...missing.map((key) => `${place} lacks ${key}`),
    ...more.map((key) => `${place} has ${key}, the sample does not`),
    ...shared.flatMap((key) => shapeFaults(sample[key], answer[key], `${place}.${key}`)),
  ];
}
