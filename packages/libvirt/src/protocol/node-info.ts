import { int, size, structOf, type Decoder } from '../xdr/codec.ts';

const modelChars = 32;

// A C array of characters, which XDR sends as one word for each.
const model: Decoder<string> = {
  read: (reader) => {
    const chars = Array.from({ length: modelChars }, () => reader.int());
    const end = chars.indexOf(0);
    return String.fromCharCode(...chars.slice(0, end === -1 ? modelChars : end));
  },
};

/** Processor and memory of a host; `nodes`, `sockets`, `cores` and `threads` multiply to at least `cpus`. */
export const nodeInfo = structOf({
  model,
  memoryKib: size,
  cpus: int,
  mhz: int,
  nodes: int,
  socketsPerNode: int,
  coresPerSocket: int,
  threadsPerCore: int,
});
