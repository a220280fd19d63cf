/** The last `lines` lines of a console's text; all of it when undefined. */
export const lastLines = (text: string, lines: number | undefined): string => {
  if (lines === undefined) return text;
  // slice(-0) would return everything.
  return lines <= 0 ? '' : text.trimEnd().split('\n').slice(-lines).join('\n');
};
