/** The limits that hypervisors keep to, from the specs of a volume's type: pure. */
import { InvalidQosSpecs } from './type-spec-errors.ts';

type Specs = Readonly<Record<string, string>>;

const RATES = ['total_bytes_sec', 'read_bytes_sec', 'write_bytes_sec', 'total_iops_sec', 'read_iops_sec', 'write_iops_sec'] as const;

/** What a hypervisor limits, by its name. */
const LIMITS: readonly string[] = [...RATES, ...RATES.map((rate) => `${rate}_max`), 'size_iops_sec'];

const SCALED: readonly string[] = RATES.flatMap((rate) => [`${rate}_per_gb`, `${rate}_per_gb_min`]);

/** Throws InvalidQosSpecs if no hypervisor could keep to these. Other specs are for whoever knows them. */
export function checkLimits(specs: Specs): void {
  const known = Object.keys(specs).filter((key) => LIMITS.includes(key) || SCALED.includes(key));
  for (const key of known)
    if (!/^[1-9]\d{0,14}$/.test(specs[key] ?? '')) throw InvalidQosSpecs({ because: `${key} must be a whole number of at least 1.` });
  for (const unit of ['bytes_sec', 'iops_sec']) {
    const has = (direction: string) => known.some((key) => key.startsWith(`${direction}_${unit}`));
    if (has('total') && (has('read') || has('write')))
      throw InvalidQosSpecs({ because: `total_${unit} cannot be combined with read_${unit} or write_${unit}.` });
  }
}

/** The limits of a volume of this size: some grow with it. */
export function limitsOf(specs: Specs, sizeGb: number): Specs {
  const fixed = Object.entries(specs).filter(([key]) => LIMITS.includes(key));
  const scaled = RATES.flatMap((rate) => {
    const perGb = Number(specs[`${rate}_per_gb`] ?? 0);
    const least = Number(specs[`${rate}_per_gb_min`] ?? 0);
    return perGb === 0 ? [] : [[rate, String(Math.max(perGb * sizeGb, least))]];
  });
  return Object.fromEntries([...fixed, ...scaled]);
}
