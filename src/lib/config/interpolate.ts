/** Replaces `$name`, `${name}` and `${group.name}` in a value; `$$` stands for a dollar sign. */

/** Returns the value of a reference in a text. */
export type Lookup = (reference: { readonly group: string | undefined; readonly name: string }) => string;

const REFERENCE = /\$(?:\$|\{(?:([A-Za-z_][\w-]*)\.)?([A-Za-z_]\w*)\}|([A-Za-z_]\w*))/g;

/** The text with each reference replaced by what `lookup` answers. A lone dollar sign stays as it is. */
export const interpolate = (text: string, lookup: Lookup): string =>
  text.replace(REFERENCE, (whole, group: string | undefined, braced: string | undefined, plain: string | undefined) => {
    const name = braced ?? plain;
    return whole === '$$' || name === undefined ? '$' : lookup({ group, name });
  });
