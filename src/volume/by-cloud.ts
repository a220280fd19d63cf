/** What the cloud does itself with volumes, for servers: the rights of who asked were checked before. */
import { type Context, serviceContext } from '../lib/context/context.ts';

/** The cloud's own rights, for the same request. */
export const byCloud = ({ requestId, spanId }: Context): Context => ({
  ...serviceContext(requestId),
  ...(spanId !== undefined && { spanId }),
});

/** Its answer, or undefined where it fails as expected. */
export async function orUndefined<T>(asked: Promise<T>, isExpected: (error: unknown) => boolean): Promise<T | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (isExpected(error)) return undefined;
    throw error;
  }
}
