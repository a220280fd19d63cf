/** The software of a simulated guest: a login and a shell with a handful of commands. Pure: text that was typed in, text for the terminal out. */

/** What the shell knows of its guest. */
export interface ShellFacts {
  readonly hostname: string;
  readonly id: string;
}

/** The longest line that it takes. */
const MAX_LINE = 1_024;

const BACKSPACE = ['\b', '\x7f'];
const INTERRUPT = '\x03';
const END_OF_INPUT = '\x04';

const commands: Readonly<Record<string, (args: string, facts: ShellFacts, user: string) => string>> = {
  echo: (args) => args,
  hostname: (_, { hostname }) => hostname,
  whoami: (_args, _facts, user) => user,
  uname: () => 'Linux simulated',
  id: (_, { id }) => id,
  help: () => `commands: ${Object.keys(commands).join(' ')} exit`,
};

/** A terminal session; it goes on when a viewer leaves and another one comes. */
export class Shell {
  readonly #facts: ShellFacts;
  #user: string | undefined;
  #line = '';

  constructor(facts: ShellFacts) {
    this.#facts = facts;
  }

  /** What waits for input. */
  get prompt(): string {
    return this.#user === undefined ? `${this.#facts.hostname} login: ` : `${this.#user}@${this.#facts.hostname}:~$ `;
  }

  /** Takes what was typed; returns what the terminal shows. */
  type(text: string): string {
    // A terminal sends a carriage return for Enter; pasted text may have both.
    return [...text.replaceAll('\r\n', '\r')].map((char) => this.#key(char)).join('');
  }

  #key(char: string): string {
    if (char === '\r' || char === '\n') return `\r\n${this.#enter()}${this.prompt}`;
    if (char === INTERRUPT) return this.#clear(`^C\r\n${this.prompt}`);
    if (char === END_OF_INPUT) return this.#line === '' ? `\r\n${this.#logOut()}${this.prompt}` : '';
    if (BACKSPACE.includes(char)) return this.#erase();
    if (char < ' ' || this.#line.length >= MAX_LINE) return '';
    this.#line += char;
    return char;
  }

  #erase(): string {
    if (this.#line === '') return '';
    this.#line = this.#line.slice(0, -1);
    return '\b \b';
  }

  #clear(shown: string): string {
    this.#line = '';
    return shown;
  }

  /** Anybody may log in: a simulated guest has nothing to hide. */
  #enter(): string {
    const line = this.#line.trim();
    this.#line = '';
    if (line === '') return '';
    if (this.#user === undefined) {
      this.#user = line.slice(0, 32);
      return `Welcome to ${this.#facts.hostname}, a simulated guest. "help" lists the commands.\r\n`;
    }
    if (line === 'exit' || line === 'logout') return this.#logOut();
    const [, name = '', args = ''] = /^(\S+)\s*(.*)$/s.exec(line) ?? [];
    const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
    return `${command ? command(args, this.#facts, this.#user) : `${name}: command not found`}\r\n`;
  }

  #logOut(): string {
    this.#user = undefined;
    return '\r\n';
  }
}
