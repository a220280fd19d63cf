import { Type as t } from '@sinclair/typebox';
import { type Booting, sinceAsked } from './boot.ts';
import { askFor } from './rest.ts';
import type { Session } from './session.ts';
import { type Stage, until } from './stage.ts';

const READY_LIMIT_MS = 120_000;
const POLL_MS = 250;
const SHOWN_LINES = 12;

/** A console up to the line in which the guest says that it is ready. */
export interface GuestConsole {
  /** The last lines before it; a guest that boots quietly has none. */
  readonly before: readonly string[];
  readonly ready: string;
}

/** Reads the guest's console through the API until the guest says that it is ready; answers what it said until then. */
export async function untilGuestReady(booting: Booting, { token }: Session, stage: Stage): Promise<GuestConsole> {
  const { signal, screen, clock } = stage;
  const question = { method: 'POST', url: `${booting.serverUrl}/action`, token, body: { 'os-getConsoleOutput': {} }, signal } as const;
  const what = 'The guest did not print its GUEST-READY line';
  return until({ what, limitMs: READY_LIMIT_MS, everyMs: POLL_MS }, stage, async () => {
    const { output } = await askFor(t.Object({ output: t.String() }), question);
    const lines = linesOf(output);
    const ready = lines.findLastIndex((line) => line.startsWith('GUEST-READY '));
    if (ready >= 0) return { before: lines.slice(0, ready).slice(-SHOWN_LINES), ready: lines[ready] ?? '' };
    screen.progress(`${sinceAsked(booting, clock)}  ${lines.at(-1) ?? 'nothing yet'}`);
    return undefined;
  });
}

/** ESC, then a sequence of ECMA-48: colours, cursor movements and the like. */
const ESCAPE_SEQUENCE = new RegExp(`${String.fromCharCode(27)}(\\[[0-?]*[ -/]*[@-~]|[ -/]*[0-~])`, 'g');
const CONTROL_CHARACTER = /\p{Cc}/gu;

/** A console's lines without what only a terminal understands: escape sequences, returns, other control characters. */
export const linesOf = (output: string): readonly string[] =>
  output
    .split('\n')
    .map((line) => line.replace(ESCAPE_SEQUENCE, '').replace(/\t/g, ' ').replace(CONTROL_CHARACTER, '').trimEnd())
    .filter((line) => line !== '');
