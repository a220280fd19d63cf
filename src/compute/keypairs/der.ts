/** The little of DER (ITU-T X.690) that certificates and their containers need. */

const tlv = (tag: number, ...parts: readonly Buffer[]): Buffer => {
  const content = Buffer.concat(parts);
  return Buffer.concat([Buffer.from([tag]), lengthOf(content.length), content]);
};

function lengthOf(length: number): Buffer {
  if (length < 0x80) return Buffer.from([length]);
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(length);
  const short = bytes.subarray(bytes.findIndex((byte) => byte !== 0));
  return Buffer.concat([Buffer.from([0x80 | short.length]), short]);
}

export const sequence = (...parts: readonly Buffer[]): Buffer => tlv(0x30, ...parts);
export const set = (...parts: readonly Buffer[]): Buffer => tlv(0x31, ...parts);
export const octets = (...parts: readonly Buffer[]): Buffer => tlv(0x04, ...parts);
export const bits = (content: Buffer): Buffer => tlv(0x03, Buffer.from([0]), content);
export const utf8 = (text: string): Buffer => tlv(0x0c, Buffer.from(text));
export const nothing = tlv(0x05);

/** A context-specific tag around other values. */
export const tagged = (number: number, ...parts: readonly Buffer[]): Buffer => tlv(0xa0 | number, ...parts);

/** A number that is not negative, from its bytes. */
export const integer = (bytes: Buffer): Buffer => tlv(0x02, (bytes[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.from([0]), bytes]) : bytes);

/** @example oid('2.5.4.3') */
export function oid(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  return tlv(0x06, Buffer.from([first * 40 + second, ...rest.flatMap(base128)]));
}

function base128(number: number): number[] {
  const digits = [number % 128];
  for (let left = Math.floor(number / 128); left > 0; left = Math.floor(left / 128)) digits.unshift(0x80 | (left % 128));
  return digits;
}

/** A time, in whole seconds: with two digits of the year until 2049, as certificates demand. */
export function time(at: Date): Buffer {
  const text = `${at.toISOString().slice(0, 19).replaceAll(/[-:T]/g, '')}Z`;
  return at.getUTCFullYear() < 2050 ? tlv(0x17, Buffer.from(text.slice(2))) : tlv(0x18, Buffer.from(text));
}
