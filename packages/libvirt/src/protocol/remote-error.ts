import { int, optional, string, structOf } from '../xdr/codec.ts';
import type { XdrReader } from '../xdr/xdr-reader.ts';
import { type LibvirtError, remoteError } from '../libvirt-error.ts';
import { domain } from './domain.ts';

// The rest of the reply serves libvirt's own translations; the message already contains all of it.
const leading = structOf({ code: int, domain: int, message: optional(string), level: int, guest: optional(domain) });

/** Reads the payload of a packet whose status is `error`. */
export const readRemoteError = (reader: XdrReader, procedure?: string): LibvirtError => remoteError(leading.read(reader), procedure);
