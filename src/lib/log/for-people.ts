/** Formats a log line for a terminal: time, level, service, message, then the other fields. */
export function lineForPeople(json: string): string {
  const { time, level, service, msg, err, ...rest } = fieldsOf(json);
  if (typeof msg !== 'string') return json;
  const clock = typeof time === 'string' ? time.slice(TIME_FROM, TIME_TO) : '';
  const more = Object.entries(rest).map(([key, value]) => ` ${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`);
  return `${clock} ${paint(String(level))} ${String(service)}: ${msg}${more.join('')}\n${detailOf(err)}`;
}

/** HH:MM:SS of an ISO 8601 time. */
const TIME_FROM = 11;
const TIME_TO = 19;

function fieldsOf(json: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}

const colours: Readonly<Record<string, number>> = { debug: 90, info: 36, warn: 33, error: 31 };

/** The level in its colour (ECMA-48 SGR), unless the reader asked for none. */
function paint(level: string): string {
  const padded = level.toUpperCase().padEnd('ERROR'.length);
  const colour = colours[level];
  return colour === undefined || process.env['NO_COLOR'] ? padded : `\u001b[${colour}m${padded}\u001b[0m`;
}

/** The error, shown below the line: its stack where there is one, else its message. */
function detailOf(error: unknown): string {
  const detail =
    typeof error === 'object' && error !== null ? ('stack' in error ? error.stack : 'message' in error && error.message) : error;
  return detail ? `${String(detail).replace(/^/gm, '    ')}\n` : '';
}
