/** How long a regular expression may be, in characters; longer ones are taken to the letter. */
const MAX_REGEX = 255;

/**
 * What PostgreSQL and JavaScript read alike: plain characters, classes without tricks, groups, alternatives, repetitions.
 * Bounds only on a single character: PostgreSQL unfolds them, and gives up on those that multiply.
 */
const understood =
  /^(?:(?:[^\\.*+?{}()[\]^$|]|\.|\\[^A-Za-z0-9]|\\[dwsDWS]|\[\^?(?:[^\\[\]^-](?:-[^\\[\]^-])?)+-?\])(?:[*+?]\??|\{\d{1,2}(?:,\d{0,2})?\})?|\)[*+?]?|[(^$|])*$/;

/** The pattern, if the database will read it as whoever wrote it; else its characters, each for itself. */
export function patternOf(text: string): string {
  const isRegex = text.length <= MAX_REGEX && !text.includes('(?') && understood.test(text) && compiles(text);
  return isRegex ? text : text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

function compiles(pattern: string): boolean {
  try {
    void new RegExp(pattern);
    return true;
  } catch {
    return false;
  }
}

/** PostgreSQL refuses a text with the character 0 in it; nothing that it keeps can be equal to one. */
export const cannotBeStored = (value: unknown): boolean => {
  if (typeof value === 'string') return value.includes('\0');
  return typeof value === 'object' && value !== null && Object.values(value).some(cannotBeStored);
};
