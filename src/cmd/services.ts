/** A program of `nova-ts`: what it is for, and the file that runs it (loaded only when it is asked for). */
export interface Service {
  readonly name: string;
  readonly summary: string;
  /** Runs until it is told to stop; `args` is what followed the service's name. */
  load(): Promise<{ run(args: readonly string[]): Promise<void> }>;
}

/** The services, in the order in which the help lists them. A service appears here with its first working code. */
export const services: readonly Service[] = [];
