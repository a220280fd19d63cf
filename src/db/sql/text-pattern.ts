/** Maximum length of a regular expression, in characters; longer ones are matched literally. */
const MAX_REGEX = 255;

/** Maximum of all bounds of a pattern together: PostgreSQL takes seconds to compile thousands, for each query anew. */
const MAX_REPETITIONS = 255;

/**
 * The syntax that PostgreSQL and JavaScript read alike: plain characters, simple classes, groups, alternatives, repetitions.
 * Bounds are allowed on a single character only: PostgreSQL expands them, and fails where they multiply.
 */
const understood =
  /^(?:(?:[^\\.*+?{}()[\]^$|]|\.|\\[^A-Za-z0-9]|\\[dwsDWS]|\[\^?(?:[^\\[\]^-](?:-[^\\[\]^-])?)+-?\])(?:[*+?]\??|\{\d{1,2}(?:,\d{0,2})?\})?|\)[*+?]?|[(^$|])*$/;

/** The pattern, if the database reads it as its author meant it; otherwise the pattern with all special characters escaped. */
export function patternOf(text: string): string {
  const isSmall = text.length <= MAX_REGEX && repetitionsOf(text) <= MAX_REPETITIONS;
  const isRegex = isSmall && !text.includes('(?') && understood.test(text) && compiles(text);
  return isRegex ? text : text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

const repetitionsOf = (text: string): number =>
  [...text.matchAll(/\{(\d+)(?:,(\d*))?\}/g)].reduce((sum, [, from, to]) => sum + Number(to || from), 0);

function compiles(pattern: string): boolean {
  try {
    void new RegExp(pattern);
    return true;
  } catch {
    return false;
  }
}

/** PostgreSQL refuses text with the character 0, so no stored value can equal such a text. */
export const cannotBeStored = (value: unknown): boolean => {
  if (typeof value === 'string') return value.includes('\0');
  return typeof value === 'object' && value !== null && Object.values(value).some(cannotBeStored);
};
