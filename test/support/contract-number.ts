/** Whether a changed contract says so by its number: hosts tell that number, and senders rely on it. */

interface Golden {
  readonly number?: number;
  readonly messages: Readonly<Record<string, { readonly since?: number }>>;
}

/** What is wrong with the number of a contract, compared with the golden text before; undefined when all is well. */
export function numberProblem(before: string, now: string): string | undefined {
  if (before === now) return undefined;
  const [old, young] = [read(before), read(now)];
  const from = old.number ?? 1;
  // Services do not report a number for other contracts.
  if (young.number === undefined) return old.number === undefined ? undefined : 'the contract has lost its number';
  if (young.number !== from + 1) return `the messages changed: the number of the contract becomes ${from + 1}`;
  const unsaid = Object.entries(young.messages).filter(([name, { since }]) => !old.messages[name] && since !== young.number);
  if (unsaid.length > 0) return `new messages say since: ${young.number} (${unsaid.map(([name]) => name).join(', ')})`;
  // A message that means something else from now on may say so; one that hosts know does not become known later, nor earlier than it was.
  const moved = Object.entries(young.messages).filter(
    ([name, { since }]) => old.messages[name] && since !== old.messages[name].since && since !== young.number,
  );
  return moved.length > 0 ? `these are known as long as before: ${moved.map(([name]) => name).join(', ')}` : undefined;
}

// The goldens are written by the test that reads them.
const read = (text: string): Golden => JSON.parse(text) as Golden;
