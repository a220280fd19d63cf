/** A headless Chromium, driven by its DevTools protocol: opens pages, evaluates, presses keys. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { WebSocket } from 'ws';
import { systemClock } from '../../src/lib/clock/clock.ts';
import { until } from './until.ts';

const PROGRAM = '/usr/bin/chromium';

/** Why pages cannot be tested here. */
export const missingBrowser = existsSync(PROGRAM) ? undefined : 'chromium is not installed';

/** An open page. */
export interface BrowserPage {
  /** The value of an expression in the page. */
  evaluate(expression: string): Promise<unknown>;
  /** Waits until an expression is true. */
  shows(expression: string, what: string): Promise<void>;
  /** Types a text, in which `\r` is Enter; a busy guest loses keys that come without a pause. */
  type(text: string, pauseMs?: number): Promise<void>;
}

export interface Browser {
  open(url: string): Promise<BrowserPage>;
  close(): Promise<void>;
}

export async function startBrowser(): Promise<Browser> {
  const profile = await mkdtemp(join(tmpdir(), 'nova-ts-browser-'));
  const flags = ['--headless=new', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--remote-debugging-port=0'];
  const child = spawn(PROGRAM, [...flags, `--user-data-dir=${profile}`, 'about:blank'], { stdio: ['ignore', 'ignore', 'pipe'] });
  const tools = await connectTo(child);
  return {
    open: async (url) => {
      // In a window of its own: a page behind another one is not drawn.
      const { targetId } = await tools.send('Target.createTarget', { url: 'about:blank', newWindow: true });
      const { sessionId } = await tools.send('Target.attachToTarget', { targetId, flatten: true });
      await tools.send('Page.navigate', { url }, sessionId);
      return pageOf((method, params) => tools.send(method, params, sessionId));
    },
    close: async () => {
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
      await rm(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

type Send = (method: string, params: object, sessionId?: string) => Promise<Record<string, any>>; // oxlint-disable-line no-explicit-any

async function connectTo(child: ChildProcess): Promise<{ send: Send }> {
  const address = await new Promise<string>((resolve, reject) => {
    child.once('exit', () => reject(new Error('the browser did not start')));
    if (!child.stderr) return;
    createInterface({ input: child.stderr }).on('line', (line) => {
      const [, found] = /^DevTools listening on (ws:\S+)/.exec(line) ?? [];
      if (found !== undefined) resolve(found);
    });
  });
  const socket = new WebSocket(address);
  await once(socket, 'open');
  const waiting = new Map<number, (answer: Record<string, unknown>) => void>();
  socket.on('message', (data: Buffer) => {
    const { id, ...answer } = JSON.parse(data.toString());
    waiting.get(id)?.(answer);
    waiting.delete(id);
  });
  let last = 0;
  const send: Send = async (method, params, sessionId) => {
    const id = (last += 1);
    const answered = new Promise<Record<string, unknown>>((resolve) => waiting.set(id, resolve));
    socket.send(JSON.stringify({ id, method, params, ...(sessionId !== undefined && { sessionId }) }));
    const { result, error } = await answered;
    if (error !== undefined) throw new Error(`${method}: ${JSON.stringify(error)}`);
    return Object(result);
  };
  return { send };
}

const ENTER = { key: 'Enter', code: 'Enter', windowsVirtualKeyCode: 13, text: '\r' };

/** The key of a character: of letters, digits, space and minus; others are told by their text alone. */
function keyOf(char: string): object {
  const upper = char.toUpperCase();
  if (/[a-z]/i.test(char)) return { code: `Key${upper}`, windowsVirtualKeyCode: upper.charCodeAt(0) };
  if (/[0-9]/.test(char)) return { code: `Digit${char}`, windowsVirtualKeyCode: char.charCodeAt(0) };
  if (char === ' ') return { code: 'Space', windowsVirtualKeyCode: 32 };
  return char === '-' ? { code: 'Minus', windowsVirtualKeyCode: 189 } : {};
}

function pageOf(send: Send): BrowserPage {
  const evaluate = async (expression: string): Promise<unknown> => {
    const { result, exceptionDetails } = await send('Runtime.evaluate', { expression, awaitPromise: true, returnByValue: true });
    if (exceptionDetails !== undefined) throw new Error(`${expression}: ${JSON.stringify(exceptionDetails)}`);
    return result.value;
  };
  return {
    evaluate,
    shows: (expression, what) => until(async () => (await evaluate(expression).catch(() => false)) === true, { what, timeoutMs: 20_000 }),
    type: async (text, pauseMs = 0) => {
      for (const char of text) {
        const key = char === '\r' ? ENTER : { key: char, text: char, ...keyOf(char) };
        await send('Input.dispatchKeyEvent', { type: 'keyDown', ...key });
        await send('Input.dispatchKeyEvent', { ...key, type: 'keyUp', text: '' });
        await systemClock.sleep(pauseMs);
      }
    },
  };
}
