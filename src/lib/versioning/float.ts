/** A JSON text that JSON.stringify copies as it is. */
type RawJson = (text: string) => object;

// Seam: the declarations of TypeScript do not have JSON.rawJSON yet; Node has.
const { rawJSON } = JSON as unknown as { readonly rawJSON: RawJson };

/**
 * A number that an answer writes with a fraction, `2.0` for 2: clients in typed languages tell it from a whole number.
 * The value is only for JSON.stringify.
 */
// Seam: the schema of the answer describes what is read from the wire, and that is a number.
export const float = (value: number): number => rawJSON(/^-?\d+$/.test(`${value}`) ? `${value}.0` : `${value}`) as unknown as number;
