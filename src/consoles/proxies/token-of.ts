/** The token in a request for a WebSocket: in its query, or in a cookie that the page has set. A malformed cookie is skipped. */
export function tokenOf(url: string, cookies: string | undefined): string | undefined {
  const asked = new URLSearchParams(url.split('?').slice(1).join('?')).get('token');
  if (asked !== null && asked !== '') return asked;
  const [, token] =
    (cookies ?? '')
      .split(';')
      .map((part) => /^\s*token=([\w-]+)\s*$/.exec(part))
      .find((found) => found !== null) ?? [];
  return token;
}
