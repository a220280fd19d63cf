import { int, list, mapped, nothing, optional, string, uint, type Encoder } from '../xdr/codec.ts';
import { call } from './procedure.ts';

const authTypes = ['none', 'sasl', 'polkit'] as const;
const mostAuthTypes = 20;

/** The authentication methods that a daemon can require. */
export type AuthType = (typeof authTypes)[number] | 'unknown';

const connectFlags: Encoder<boolean> = { write: (writer, readOnly) => uint.write(writer, readOnly ? 1 : 0) };

/** The procedures that begin and end a connection; not methods, since `connect` and `close` call them. */
export const handshake = {
  authList: call(
    66,
    [],
    mapped(list(int, mostAuthTypes), (types) => types.map((type): AuthType => authTypes[type] ?? 'unknown')),
  ),
  authPolkit: call(70, [], int),
  open: call(1, [optional(string), connectFlags], nothing),
  close: call(2, [], nothing),
  supportsFeature: call(60, [int], int),
} as const;

/** virDrvFeature: that both sides answer keepalive pings; asking for it starts the daemon's own. */
export const keepaliveFeature = 10;
