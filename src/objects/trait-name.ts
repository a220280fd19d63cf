/** A name as part of a trait: `crashDump` is `CRASH_DUMP`, `avx512-vbmi` is `AVX512_VBMI`. */
export const traitName = (name: string): string =>
  name
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .replace(/[^A-Za-z0-9]+/g, '_')
    .toUpperCase();
