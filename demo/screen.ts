/** What the demo shows and how: headings, lines below them, one line of progress that only a terminal sees. */
export interface Screen {
  /** Begins a part of the demo. */
  heading(text: string): void;
  /** Says something about the present part; may hold several lines. */
  say(text: string): void;
  /** Says something of less importance. */
  whisper(text: string): void;
  /** Shows what is awaited, until something else is shown. */
  progress(text: string): void;
  /** Says why the demo ends early. */
  fail(text: string): void;
}

/** The stream that a screen is on; `process.stdout` is one. */
export interface Paper {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

const INDENT = '    ';
const CLEAR_LINE = '\r\u001b[2K';
const NARROWEST = 40;

/** A screen on a terminal (with colours, unless `NO_COLOR` is set) or in a file. */
export function screenOn(paper: Paper, env: Readonly<Record<string, string | undefined>>): Screen {
  const isTerminal = paper.isTTY === true;
  const paint =
    isTerminal && !env.NO_COLOR && env.TERM !== 'dumb' ? (code: number, text: string) => `\u001b[${code}m${text}\u001b[0m` : plain;
  let isProgressShown = false;
  const write = (text: string): void => {
    paper.write(isProgressShown ? CLEAR_LINE + text : text);
    isProgressShown = false;
  };
  const indented = (text: string, painted: (line: string) => string): void =>
    write(
      text
        .split('\n')
        .map((line) => `${INDENT}${painted(line)}\n`)
        .join(''),
    );
  return {
    heading: (text) => write(`${paint(BOLD, `==> ${text}`)}\n`),
    say: (text) => indented(text, (line) => line),
    whisper: (text) => indented(text, (line) => paint(DIM, line)),
    progress: (text) => {
      if (!isTerminal) return;
      write(INDENT + paint(DIM, text.slice(0, Math.max(NARROWEST, paper.columns ?? 80) - INDENT.length - 1)));
      isProgressShown = true;
    },
    fail: (text) => write(`${paint(RED, `==> ${text}`)}\n`),
  };
}

const BOLD = 1;
const DIM = 2;
const RED = 31;

const plain = (_: number, text: string): string => text;
