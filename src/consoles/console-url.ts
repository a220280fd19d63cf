import type { ConsoleType } from '../objects/console.ts';

/** The address that a viewer is sent to. noVNC's page takes the path of its WebSocket, all others take the token itself. */
export function consoleUrl(type: ConsoleType, base: string, token: string): string {
  const url = new URL(base);
  const asked = `?token=${token}`;
  if (type === 'novnc') url.searchParams.set('path', `${url.searchParams.get('path') ?? ''}${asked}`);
  else url.searchParams.set('token', token);
  return url.href;
}
