import type { IncomingMessage } from 'node:http';
import { ErrorCode } from '../graphql/errors';
import { isLoopback, plainHost } from './host-names';
import { Refusal } from './refusal';

/** An address or a name, and a port. */
const HOST_HEADER = /^(\[[\da-f:.]+\]|[\w.-]+)(?::\d{1,5})?$/i;
const HINT = 'TIDEMARK_ALLOWED_HOSTS names the hosts that this server is called by';

/**
 * Who may speak to the server: whoever calls it by a name of this machine's loopback, by the address that was
 * reached, or by one of `hosts`. A page of another site whose name resolves to this machine (DNS rebinding)
 * still says the name in Host and Origin. The port does not matter, because a container is reached on another
 * one than it listens on.
 * @param hosts names and addresses without ports
 * @returns why a request is refused, undefined for one that is welcome
 */
export function hostCheck(hosts: readonly string[]): (request: IncomingMessage) => Refusal | undefined {
  const names = new Set(hosts.map(plainHost));
  return ({ headers: { host, origin }, socket }) => {
    const isOurs = (name: string): boolean =>
      isLoopback(name) || names.has(name) || name === socket.localAddress?.replace('::ffff:', '');
    const called = HOST_HEADER.exec(host ?? '')?.[1];
    if (called === undefined)
      return new Refusal(400, ErrorCode.BAD_REQUEST, 'The Host header is missing, or is no host name');
    if (!isOurs(plainHost(called)))
      return new Refusal(403, ErrorCode.FORBIDDEN, `Host ${called} is not served here: ${HINT}`);
    if (origin === undefined) return undefined;
    if (URL.canParse(origin) && isOurs(plainHost(new URL(origin).hostname))) return undefined;
    return new Refusal(
      403,
      ErrorCode.FORBIDDEN,
      `Pages of this Origin may not speak to this server: ${HINT}`,
    );
  };
}
