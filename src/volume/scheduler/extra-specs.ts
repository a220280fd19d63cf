/** Extra specs of volume types that choose pools, in the language that clouds share: `<is> True`, `>= 5`, plain values. */

/** Specs under these names say something about the volume, not about its pool. */
const NOT_OF_POOLS = ['provisioning:', 'RESKEY:', 'image_service:', 'cacheable', 'replication_enabled'];

/** Why a pool with these capabilities does not fulfil the specs; undefined if it does. */
export function refusalBySpecs(
  specs: Readonly<Record<string, string>>,
  capabilities: Readonly<Record<string, string>>,
): string | undefined {
  for (const [key, wanted] of Object.entries(specs)) {
    if (NOT_OF_POOLS.some((prefix) => key.startsWith(prefix))) continue;
    const [scope, name] = key.includes(':') ? [key.slice(0, key.indexOf(':')), key.slice(key.indexOf(':') + 1)] : ['capabilities', key];
    // Other scopes belong to drivers.
    if (scope !== 'capabilities') continue;
    const has = capabilities[name];
    if (has === undefined || !fulfils(has, wanted)) return `${name} is ${has ?? 'unknown'}, ${wanted} wanted`;
  }
  return undefined;
}

const numeric: Readonly<Record<string, (has: number, wanted: number) => boolean>> = {
  '=': (has, wanted) => has >= wanted,
  '==': (has, wanted) => has === wanted,
  '!=': (has, wanted) => has !== wanted,
  '>=': (has, wanted) => has >= wanted,
  '<=': (has, wanted) => has <= wanted,
};

const textual: Readonly<Record<string, (has: string, wanted: string) => boolean>> = {
  's==': (has, wanted) => has === wanted,
  's!=': (has, wanted) => has !== wanted,
  's>=': (has, wanted) => has >= wanted,
  's>': (has, wanted) => has > wanted,
  's<=': (has, wanted) => has <= wanted,
  's<': (has, wanted) => has < wanted,
  '<in>': (has, wanted) => has.includes(wanted),
  '<is>': (has, wanted) => isTrue(has) === isTrue(wanted),
};

const isTrue = (text: string): boolean => /^(true|t|yes|y|on|1)$/i.test(text.trim());

function fulfils(has: string, wanted: string): boolean {
  const [operator = '', ...operands] = wanted.trim().split(/\s+/);
  const operand = operands.join(' ');
  if (operator === '<or>') return wanted.split('<or>').some((one) => one.trim() === has);
  const byText = textual[operator];
  if (byText) return byText(has, operand);
  const byNumber = numeric[operator];
  if (byNumber) return byNumber(Number(has), Number(operand));
  return has === wanted;
}
