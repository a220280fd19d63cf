// Mounts the metadata service: verify the proof, look up the server, answer a file or a listing. Guests are untrusted: paths are only looked up.
import type { MetadataApi } from '../../compute/servers/guest-metadata-api.ts';
import type { Exchange, HttpAnswer } from '../../lib/http/exchange.ts';
import type { HttpServer } from '../../lib/http/http-server.ts';
import { decodedSegments } from '../../lib/http/path-router.ts';
import type { Log } from '../../lib/log/log.ts';
import { ec2Tree, ec2Versions } from '../../objects/guest-metadata/ec2-tree.ts';
import type { GuestMetadata } from '../../objects/guest-metadata/guest-metadata.ts';
import { openstackTree, openstackVersions } from '../../objects/guest-metadata/openstack-tree.ts';
import { type Directory, type File, listingOf, type Node, nodeAt, text } from '../../objects/guest-metadata/tree.ts';
import { postPassword } from './post-password.ts';
import { proofOf } from './proof.ts';
import { refusal } from './refusal.ts';

export interface MetadataMount {
  readonly metadata: Pick<MetadataApi, 'find' | 'password' | 'postPassword'>;
  /** Shared with the hosts' proxies (`metadata_proxy_shared_secret`). */
  readonly secret: string;
  readonly log: Log;
}

/** Longer than any path a well-behaved guest requests, in characters. */
const MAX_PATH = 1_024;

/** Serves the EC2 and OpenStack trees at the root. */
export function mountMetadata(server: HttpServer, mount: MetadataMount): void {
  server.mount('', (exchange) => answer(exchange, mount));
}

async function answer(exchange: Exchange, { metadata, secret, log }: MetadataMount): Promise<HttpAnswer> {
  const proof = proofOf(exchange.headers, secret);
  if ('because' in proof) {
    log.warn(
      { because: proof.because, remoteAddress: exchange.remoteAddress, requestId: exchange.requestId },
      'a metadata request is refused',
    );
    return refusal(proof.status, proof.because);
  }
  const guest = await metadata.find(proof.guest);
  const node = guest && nodeFor(guest, exchange.fullPath);
  if (!guest || !node) return refusal(404, 'Not Found');
  if (node.kind === 'posted' && !isRead(exchange)) return await postPassword(exchange, guest, metadata);
  if (node.kind === 'posted') return rendered(text(await metadata.password(guest.id)));
  if (isRead(exchange)) return rendered(node);
  return refusal(405, 'The metadata service is only read.', { Allow: 'GET, HEAD' });
}

function nodeFor(guest: GuestMetadata, path: string): Node | undefined {
  const segments = path.length <= MAX_PATH ? decodedSegments(path) : undefined;
  if (!segments) return undefined;
  const [root, ...rest] = segments[0] === 'ec2' || segments[0] === 'openstack' ? segments : ['ec2', ...segments];
  const [tree, versions] = root === 'openstack' ? [openstackTree, openstackVersions] : [ec2Tree, ec2Versions];
  // Unlike other directories, versions are listed as plain names in version order.
  return rest.length === 0 ? text(versions.join('\n')) : nodeAt(tree(guest), rest);
}

const rendered = (node: File | Directory): HttpAnswer => {
  const file = node.kind === 'directory' ? text(listingOf(node)) : node;
  return { status: 200, headers: { 'Content-Type': file.contentType, 'Cache-Control': 'no-store' }, body: file.read() };
};

const isRead = ({ method }: Exchange): boolean => method === 'GET' || method === 'HEAD';
