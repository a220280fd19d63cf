/** The SPICE server of a simulated guest: main, display and inputs channels, each a connection; pictures are not compressed. */
import type { Screen } from '../screen.ts';
import { CHANNELS, readLink, ticketLength, ticketReply } from './link.ts';
import { channelList, drawCopy, inputsInit, mainInit, surface } from './messages.ts';
import { keyboard } from './scan-codes.ts';

const HEADER_BYTES = 6;
const MAX_MESSAGE_BYTES = 1024 * 1024;
const ATTACH_CHANNELS = 104;
const DISPLAY_INIT = 101;
const KEY_DOWN = 101;
const KEY_UP = 102;
const KEY_CODES = 104;

interface Wires {
  readonly screen: Screen;
  readonly send: (bytes: Buffer) => void;
  readonly type: (text: string) => void;
  /** The client does not speak the protocol, or wants a channel that is not there. */
  readonly fail: () => void;
}

/** Serves one connection; `take` gets what it sends, `update` is called when the screen has changed. */
export function spiceServer(wires: Wires): { take: (chunk: Buffer) => void; update: () => void } {
  const connection = new SpiceConnection(wires);
  return { take: (chunk) => connection.take(chunk), update: () => connection.update() };
}

class SpiceConnection {
  readonly #wires: Wires;
  readonly #press = keyboard();
  #pending: Buffer = Buffer.alloc(0);
  #stage: 'link' | 'ticket' | 'open' = 'link';
  #channel = 0;
  #isShown = false;
  #seen = 0;

  constructor(wires: Wires) {
    this.#wires = wires;
  }

  take(chunk: Buffer): void {
    this.#pending = Buffer.concat([this.#pending, chunk]);
    for (let used = this.#step(); used > 0; used = this.#step()) this.#pending = this.#pending.subarray(used);
  }

  /** Sends what changed, to a display that is shown. */
  update(): void {
    const { screen, send } = this.#wires;
    if (!this.#isShown) return;
    const rows = screen.changedSince(this.#seen);
    const [first, last] = [rows.at(0), rows.at(-1)];
    this.#seen = screen.version;
    if (first !== undefined && last !== undefined) send(drawCopy(first, screen.rows.slice(first, last + 1)));
  }

  /** Does the first thing that is pending; returns its length, 0 if it is not complete. */
  #step(): number {
    if (this.#stage === 'link') return this.#link();
    if (this.#stage === 'ticket') return this.#admit();
    if (this.#pending.length < HEADER_BYTES) return 0;
    const length = HEADER_BYTES + this.#pending.readUInt32LE(2);
    if (length > MAX_MESSAGE_BYTES) return this.#give();
    if (this.#pending.length < length) return 0;
    this.#message(this.#pending.readUInt16LE(0), this.#pending.subarray(HEADER_BYTES, length));
    return length;
  }

  #give(): number {
    this.#wires.fail();
    return 0;
  }

  #link(): number {
    const link = readLink(this.#pending);
    if (link.state === 'waits') return 0;
    if (link.state === 'failed' || !Object.values<number>(CHANNELS).includes(link.channel)) return this.#give();
    this.#channel = link.channel;
    this.#stage = 'ticket';
    this.#wires.send(link.answer);
    return link.used;
  }

  #admit(): number {
    if (this.#pending.length < ticketLength) return 0;
    this.#stage = 'open';
    this.#wires.send(ticketReply());
    if (this.#channel === CHANNELS.main) this.#wires.send(mainInit(1));
    if (this.#channel === CHANNELS.inputs) this.#wires.send(inputsInit());
    return ticketLength;
  }

  #message(type: number, body: Buffer): void {
    const { send, screen } = this.#wires;
    if (this.#channel === CHANNELS.main && type === ATTACH_CHANNELS) send(channelList());
    if (this.#channel === CHANNELS.display && type === DISPLAY_INIT) {
      send(surface(screen.rows.length));
      this.#isShown = true;
      this.update();
    }
    if (this.#channel === CHANNELS.inputs && [KEY_DOWN, KEY_UP, KEY_CODES].includes(type)) this.#keys(body);
  }

  /** Scan codes, the first byte first; zeros fill up, and 0xe0 begins the keys that type nothing here. */
  #keys(body: Buffer): void {
    const text = [...body].map((code) => (code === 0 || code === 0xe0 ? '' : this.#press(code))).join('');
    if (text !== '') this.#wires.type(text);
  }
}
