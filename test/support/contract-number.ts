/** Checks that a changed contract has a new number: hosts report it, and senders rely on it. */

interface Golden {
  readonly number?: number;
  readonly messages: Readonly<Record<string, { readonly since?: number }>>;
}

/** What is wrong with a contract's number, compared with the old golden text; undefined if nothing is. */
export function numberProblem(before: string, now: string): string | undefined {
  if (before === now) return undefined;
  const [old, young] = [read(before), read(now)];
  const from = old.number ?? 1;
  // Services do not report a number for other contracts.
  if (young.number === undefined) return old.number === undefined ? undefined : 'the contract has lost its number';
  if (young.number !== from + 1) return `the messages changed: the number of the contract becomes ${from + 1}`;
  const unsaid = Object.entries(young.messages).filter(([name, { since }]) => !old.messages[name] && since !== young.number);
  if (unsaid.length > 0) return `new messages say since: ${young.number} (${unsaid.map(([name]) => name).join(', ')})`;
  // A message whose meaning changes may get the new number; otherwise a known message keeps its number.
  const moved = Object.entries(young.messages).filter(
    ([name, { since }]) => old.messages[name] && since !== old.messages[name].since && since !== young.number,
  );
  return moved.length > 0 ? `these are known as long as before: ${moved.map(([name]) => name).join(', ')}` : undefined;
}

// The goldens are written by the test that reads them.
const read = (text: string): Golden => JSON.parse(text) as Golden;
