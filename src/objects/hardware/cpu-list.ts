/** Lists of CPUs as text: `0-3,^1` is 0, 2 and 3. */
import { HardwareInvalid } from './errors.ts';

/** A CPU of a host or a guest has a number below this. */
const MAX_CPUS = 65_536;

/** The CPUs of a list, in order; `name` says whose it is. */
export function cpusIn(name: string, list: string): readonly number[] {
  const [included, excluded] = [new Set<number>(), new Set<number>()];
  for (const part of list.split(',').map((text) => text.trim())) {
    const [, not, first, last = first] = /^(\^?)(\d+)(?:-(\d+))?$/.exec(part) ?? [];
    const [from, to] = [Number(first), Number(last)];
    if (first === undefined || to < from || to >= MAX_CPUS)
      throw HardwareInvalid({ because: `${name} cannot be '${list}': it must be a list of CPUs such as 0-3,^1.` });
    for (let cpu = from; cpu <= to; cpu++) (not === '' ? included : excluded).add(cpu);
  }
  return [...included].filter((cpu) => !excluded.has(cpu)).toSorted((a, b) => a - b);
}
