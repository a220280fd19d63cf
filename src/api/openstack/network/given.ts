/** The object without undefined values. */
export const given = <T extends object>(fields: { readonly [K in keyof T]: T[K] | undefined }): T =>
  // Seam: dropping what is undefined is exactly the difference between the two types; required parts come from checked bodies.
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T;
