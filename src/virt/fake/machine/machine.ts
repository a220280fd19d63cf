/** The little machine behind a simulated guest's consoles: one terminal that all viewers share, on the serial port and on the screen. */
import { Duplex } from 'node:stream';
import { MAX_CONSOLE_BYTES } from '../../driver.ts';
import { rfbServer } from './rfb-server.ts';
import { Screen } from './screen.ts';
import { spiceServer } from './spice/spice-server.ts';
import { Shell, type ShellFacts } from './shell.ts';

/** What a machine is made for. */
export interface MachineFacts extends ShellFacts {
  readonly name: string;
  /** What it printed so far. */
  readonly printed: string;
}

/** Lines of what was printed that the screen shows when the first viewer comes. */
const LINES_SHOWN = 20;

/** What a viewer may leave unread. */
const MAX_UNREAD_BYTES = 1024 * 1024;

export class Machine {
  readonly #shell: Shell;
  readonly #screen: Screen;
  readonly #viewers = new Set<Duplex>();
  readonly #onOutput = new Set<(text: string) => void>();
  readonly #facts: MachineFacts;
  #transcript = '';

  constructor(facts: MachineFacts) {
    this.#facts = facts;
    this.#shell = new Shell(facts);
    this.#screen = new Screen(`${facts.name} (${facts.id})`);
    const lines = facts.printed.trimEnd().split('\n').slice(-LINES_SHOWN);
    this.#screen.write(`${lines.join('\r\n')} `);
  }

  /** What its viewers typed and saw, for the console log. */
  get transcript(): string {
    return this.#transcript;
  }

  /** Its serial port. A viewer first sees the prompt. */
  openSerial(): Duplex {
    return this.#attach((port) => {
      port.push(this.#shell.prompt);
      // A viewer that does not read is given up: the others do not wait for it.
      const show = (text: string) => void (port.readableLength < MAX_UNREAD_BYTES ? port.push(text) : port.destroy());
      return { show, take: (chunk) => this.#type(chunk.toString()) };
    });
  }

  /** Its screen, by the protocol of VNC. */
  openScreen(): Duplex {
    return this.#attach((port) => {
      const server = rfbServer({
        name: this.#facts.name,
        screen: this.#screen,
        send: (bytes) => port.push(bytes),
        type: (text) => this.#type(text),
        fail: () => port.destroy(),
      });
      return { show: server.update, take: server.take };
    });
  }

  /** Its screen, by the protocol of SPICE: one of the connections of a viewer. */
  openSpice(): Duplex {
    return this.#attach((port) => {
      const server = spiceServer({
        screen: this.#screen,
        send: (bytes) => port.push(bytes),
        type: (text) => this.#type(text),
        fail: () => port.destroy(),
      });
      // What changes while the viewer does not read is shown when it does: pictures are large, and nobody asks for each.
      const show = () => void (port.readableLength < MAX_UNREAD_BYTES && server.update());
      return { show, take: server.take, read: show };
    });
  }

  /** Switches it off: all viewers see the end. */
  end(): void {
    for (const viewer of this.#viewers) {
      viewer.push(null);
      viewer.destroy();
    }
  }

  #attach(wire: (port: Duplex) => { show: (text: string) => void; take: (chunk: Buffer) => void; read?: () => void }): Duplex {
    const port: Duplex = new Duplex({
      read: () => read(),
      write: (chunk: Buffer, _encoding, done) => {
        take(chunk);
        done();
      },
    });
    const { show, take, read = () => {} } = wire(port);
    this.#viewers.add(port);
    this.#onOutput.add(show);
    port.on('error', () => {});
    port.once('close', () => {
      this.#viewers.delete(port);
      this.#onOutput.delete(show);
    });
    port.once('finish', () => port.destroy());
    return port;
  }

  #type(text: string): void {
    const shown = this.#shell.type(text);
    if (shown === '') return;
    this.#transcript = (this.#transcript + shown.replaceAll('\r', '')).slice(-MAX_CONSOLE_BYTES);
    this.#screen.write(shown);
    for (const show of this.#onOutput) show(shown);
  }
}
