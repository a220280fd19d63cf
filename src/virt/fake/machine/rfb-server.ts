/** The VNC server of a simulated guest: RFB 3.3 to 3.8 without authentication, raw rectangles, one for each row of text that changed. */
import { drawRow, heightOf, WIDTH } from './draw-row.ts';
import { keyText } from './key-text.ts';
import { nativeFormat, type PixelFormat, readPixelFormat, writePixelFormat } from './pixel-format.ts';
import type { Screen } from './screen.ts';

const SECURITY_NONE = 1;
/** The length of each message of a client; those with a variable part say how long it is. */
const LENGTHS: Readonly<Record<number, number>> = { 0: 20, 2: 4, 3: 10, 4: 8, 5: 6, 6: 8 };
const MAX_CUT_TEXT_BYTES = 1024 * 1024;
const MAX_BACKLOG_BYTES = MAX_CUT_TEXT_BYTES + 1024;

interface Wires {
  readonly name: string;
  readonly screen: Screen;
  readonly send: (bytes: Buffer) => void;
  readonly type: (text: string) => void;
  /** The client does not speak the protocol. */
  readonly fail: () => void;
}

/** Serves one viewer; `take` gets what it sends, `update` is called when the screen has changed. */
export function rfbServer(wires: Wires): { take: (chunk: Buffer) => void; update: () => void } {
  const session = new RfbSession(wires);
  return { take: (chunk) => session.take(chunk), update: () => session.update() };
}

class RfbSession {
  readonly #wires: Wires;
  #pending: Buffer = Buffer.alloc(0);
  #stage: 'version' | 'security' | 'init' | 'open' = 'version';
  #isOld = false;
  #format: PixelFormat = nativeFormat;
  #isControlDown = false;
  /** The version of the screen that the viewer has, and whether it waits for a newer one. */
  #seen = 0;
  #waits = false;

  constructor(wires: Wires) {
    this.#wires = wires;
    wires.send(Buffer.from('RFB 003.008\n'));
  }

  take(chunk: Buffer): void {
    this.#pending = Buffer.concat([this.#pending, chunk]);
    if (this.#pending.length > MAX_BACKLOG_BYTES) return this.#wires.fail();
    for (let used = this.#step(); used > 0; used = this.#step()) this.#pending = this.#pending.subarray(used);
  }

  /** Sends what changed, if the viewer has asked for it. */
  update(): void {
    const { screen, send } = this.#wires;
    const rows = screen.changedSince(this.#seen);
    if (!this.#waits || rows.length === 0) return;
    this.#waits = false;
    this.#seen = screen.version;
    const header = Buffer.alloc(4);
    header.writeUInt16BE(rows.length, 2);
    send(Buffer.concat([header, ...rows.map((row) => rectangle({ row, text: screen.rows[row] ?? '', format: this.#format }))]));
  }

  /** Does the first message that is pending; returns its length, 0 if it is not complete. */
  #step(): number {
    if (this.#stage === 'version') return this.#needs(12, (bytes) => this.#greet(bytes.toString('latin1')));
    if (this.#stage === 'security') return this.#needs(1, ([type]) => this.#admit(type ?? 0));
    if (this.#stage === 'init') return this.#needs(1, () => this.#describe());
    const type = this.#pending[0];
    if (type === undefined) return 0;
    const length = LENGTHS[type];
    if (length === undefined) return this.#give();
    if (this.#pending.length < length) return 0;
    return this.#needs(length + this.#extra(type), (bytes) => this.#message(type, bytes));
  }

  #extra(type: number): number {
    if (type === 2) return this.#pending.readUInt16BE(2) * 4;
    return type === 6 ? Math.min(this.#pending.readUInt32BE(4), MAX_BACKLOG_BYTES) : 0;
  }

  #needs(length: number, act: (bytes: Buffer) => void): number {
    if (this.#pending.length < length) return 0;
    act(this.#pending.subarray(0, length));
    return length;
  }

  #give(): number {
    this.#wires.fail();
    return 0;
  }

  #greet(version: string): void {
    if (!/^RFB 003\.00[378]\n$/.test(version)) return this.#wires.fail();
    this.#isOld = version.includes('003.003');
    this.#stage = this.#isOld ? 'init' : 'security';
    this.#wires.send(this.#isOld ? Buffer.from([0, 0, 0, SECURITY_NONE]) : Buffer.from([1, SECURITY_NONE]));
  }

  #admit(type: number): void {
    if (type !== SECURITY_NONE) return this.#wires.fail();
    this.#stage = 'init';
    this.#wires.send(Buffer.alloc(4));
  }

  #describe(): void {
    this.#stage = 'open';
    const name = Buffer.from(this.#wires.name);
    const size = Buffer.alloc(4);
    size.writeUInt16BE(WIDTH, 0);
    size.writeUInt16BE(heightOf(this.#wires.screen.rows.length), 2);
    const length = Buffer.alloc(4);
    length.writeUInt32BE(name.length);
    this.#wires.send(Buffer.concat([size, writePixelFormat(nativeFormat), length, name]));
  }

  #message(type: number, bytes: Buffer): void {
    if (type === 0) {
      this.#format = readPixelFormat(bytes.subarray(4));
      this.#seen = 0;
    } else if (type === 3) {
      if (bytes[1] === 0) this.#seen = 0;
      this.#waits = true;
      this.update();
    } else if (type === 4) this.#press(bytes.readUInt32BE(4), bytes[1] === 1);
    else if (type === 6) this.#wires.type(bytes.subarray(8).toString('latin1'));
  }

  #press(keysym: number, isDown: boolean): void {
    if (keysym === 0xffe3 || keysym === 0xffe4) this.#isControlDown = isDown;
    else if (isDown) this.#wires.type(keyText(keysym, this.#isControlDown));
  }
}

/** Header and raw pixels. */
function rectangle(drawn: Parameters<typeof drawRow>[0]): Buffer {
  const { top, height, pixels } = drawRow(drawn);
  const header = Buffer.alloc(12);
  header.writeUInt16BE(top, 2);
  header.writeUInt16BE(WIDTH, 4);
  header.writeUInt16BE(height, 6);
  return Buffer.concat([header, pixels]);
}
