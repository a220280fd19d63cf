import { parentPort, workerData } from 'node:worker_threads';
import { systemClock } from '../src/lib/clock/clock.ts';
import { insist, paceOf, runUntil } from './load.ts';

// Repeats a request for some seconds, in a thread of its own, and answers with the pace.

const { question, seconds } = workerData;
const endMs = systemClock.monotonicMs() + seconds * 1_000;
const isOver = () => systemClock.monotonicMs() >= endMs;
const pace = paceOf(await runUntil(isOver, () => insist(question)));
// oxlint-disable-next-line unicorn/require-post-message-target-origin -- A thread's port is no window and has no origin.
parentPort?.postMessage(pace);
