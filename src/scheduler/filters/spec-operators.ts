/** The operators in the values of flavors' extra specs: `>= 4`, `s== abc`, `<in> vmx`, `<or> a <or> b`. */

type Compare = (have: string, want: string) => boolean;

const numeric =
  (holds: (have: number, want: number) => boolean): Compare =>
  (have, want) =>
    have.trim() !== '' && want !== '' && holds(Number(have), Number(want));

/** Operators with one operand. `=` means at least, as it has always done in Nova. */
const comparisons: Readonly<Record<string, Compare>> = {
  '=': numeric((have, want) => have >= want),
  '==': numeric((have, want) => have === want),
  '!=': numeric((have, want) => have !== want),
  '>=': numeric((have, want) => have >= want),
  '<=': numeric((have, want) => have <= want),
  's==': (have, want) => have === want,
  's!=': (have, want) => have !== want,
  's<': (have, want) => have < want,
  's<=': (have, want) => have <= want,
  's>': (have, want) => have > want,
  's>=': (have, want) => have >= want,
  '<in>': (have, want) => have.includes(want),
};

/** Whether what a host has meets what a flavor wants; without an operator, both must be equal. */
export function meets(have: string, wanted: string): boolean {
  const [operator = '', ...operands] = wanted.trim().split(/\s+/);
  if (operator === '<or>') return operands.filter((operand) => operand !== '<or>').includes(have);
  if (operator === '<all-in>') return operands.every((operand) => have.includes(operand));
  const compare = Object.hasOwn(comparisons, operator) ? comparisons[operator] : undefined;
  if (!compare || operands.length === 0) return have === wanted;
  return compare(have, operands[0] ?? '');
}
