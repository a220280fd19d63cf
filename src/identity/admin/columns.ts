/** The fields that were given; those that are undefined are not changed or not asked for. */
export const given = <T extends object>(fields: { readonly [K in keyof T]: T[K] | undefined }): Partial<T> =>
  // Seam: dropping what is undefined is exactly the difference between the two types.
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Partial<T>;
