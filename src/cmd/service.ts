/** A program of `nova-ts`: its summary, and the file that runs it, loaded on demand. */
export interface Service {
  readonly name: string;
  readonly summary: string;
  /** Runs until it is done or stopped; `args` follow the service's name. */
  load(): Promise<{ run(args: readonly string[]): Promise<void> }>;
}
