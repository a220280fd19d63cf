import type { Reporter, SerializedError, TestModule, TestRunEndReason } from 'vitest/node';

/** Ends a test run with one plain line, `N passed, N failed` (and `, N skipped`), for programs to read. */
export class ClosingLineReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly SerializedError[], reason: TestRunEndReason): void {
    process.stdout.write(`\n${closingLine(modules, unhandled.length, reason)}\n`);
  }
}

/** A file that failed without a failed test (it does not load, a hook threw) counts as one failure, as does an error outside all tests. */
function closingLine(modules: readonly TestModule[], unhandledErrors: number, reason: TestRunEndReason): string {
  const states = modules.map((module) => [...module.children.allTests()].map((one) => one.result().state));
  const count = (state: string) => states.flat().filter((one) => one === state).length;
  const failedFiles = modules.filter((module, index) => module.state() === 'failed' && !states[index]?.includes('failed')).length;
  const failed = count('failed') + failedFiles + unhandledErrors;
  const skipped = count('skipped') + count('pending');
  // A run that ended for another reason (interrupted, no test found) is not a success either.
  const total = reason === 'passed' ? failed : Math.max(1, failed);
  return `${count('passed')} passed, ${total} failed${skipped === 0 ? '' : `, ${skipped} skipped`}`;
}
