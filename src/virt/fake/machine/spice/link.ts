/** How a SPICE connection begins: each side says what it is and can do, the client sends a ticket, and every one is good here. */
import { generateKeyPairSync } from 'node:crypto';

export const CHANNELS = { main: 1, display: 2, inputs: 3 } as const;

const MAGIC = Buffer.from('REDQ');
const HEADER_BYTES = 16;
/** Selection of the way to authenticate, SPICE's tickets, short headers of messages. */
const COMMON_CAPABILITIES = 0b1011;
const MINI_HEADER = 0b1000;
/** How a ticket is sent: the number of the way, and it, encrypted with the key of the server. */
const TICKET_BYTES = 4 + 128;
const MAX_LINK_BYTES = 4096;

/** The server's key for tickets; as they are not read, one is made for all. SPICE fixes its size. */
let publicKey: Buffer | undefined;
const serverKey = (): Buffer =>
  (publicKey ??= generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey.export({ type: 'spki', format: 'der' }));

/** What a beginning of a connection comes to: more bytes are needed, the client cannot be served, or a channel of this type is open. */
export type Progress =
  | { readonly state: 'waits' }
  | { readonly state: 'failed' }
  | { readonly state: 'linked'; readonly used: number; readonly answer: Buffer; readonly channel: number };

/** Reads what the client says first. */
export function readLink(bytes: Buffer): Progress {
  if (!MAGIC.subarray(0, bytes.length).equals(bytes.subarray(0, MAGIC.length))) return { state: 'failed' };
  if (bytes.length < HEADER_BYTES) return { state: 'waits' };
  const size = bytes.readUInt32LE(12);
  if (size < 18 || size > MAX_LINK_BYTES) return { state: 'failed' };
  const used = HEADER_BYTES + size;
  if (bytes.length < used) return { state: 'waits' };
  const message = bytes.subarray(HEADER_BYTES, used);
  const [common, at] = [message.readUInt32LE(6), message.readUInt32LE(14)];
  const capabilities = common > 0 && at + 4 <= size ? message.readUInt32LE(at) : 0;
  if ((capabilities & MINI_HEADER) === 0) return { state: 'failed' };
  return { state: 'linked', used, answer: linkReply(), channel: message.readUInt8(4) };
}

/** The length of the client's ticket. */
export const ticketLength = TICKET_BYTES;

/** A ticket that is good. */
export const ticketReply = (): Buffer => Buffer.alloc(4);

function linkReply(): Buffer {
  const key = serverKey();
  const reply = Buffer.alloc(4 + key.length + 12 + 4);
  key.copy(reply, 4);
  // One word of capabilities for all channels, none of this one's own, and where they are.
  reply.writeUInt32LE(1, 4 + key.length);
  reply.writeUInt32LE(4 + key.length + 12, 4 + key.length + 8);
  reply.writeUInt32LE(COMMON_CAPABILITIES, 4 + key.length + 12);
  const header = Buffer.alloc(HEADER_BYTES);
  MAGIC.copy(header);
  header.writeUInt32LE(2, 4);
  header.writeUInt32LE(2, 8);
  header.writeUInt32LE(reply.length, 12);
  return Buffer.concat([header, reply]);
}
