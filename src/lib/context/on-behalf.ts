// For whom work is done, known wherever the work leads: what many share can so be divided fairly among them.
import { AsyncLocalStorage } from 'node:async_hooks';

const parties = new AsyncLocalStorage<string | undefined>();

/** Does work for a party (a project, or a user without one); undefined: for nobody in particular. */
export const onBehalfOf = <T>(party: string | undefined, work: () => T): T => parties.run(party, work);

/** Whom the running work is for. */
export const currentParty = (): string | undefined => parties.getStore();
