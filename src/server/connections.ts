import type { Server, Socket } from 'node:net';
import { ErrorCode } from '../graphql/errors';
import { Refusal, refuseOnSocket } from './refusal';

/** Bounds the open connections of each address. One too many is refused and closed. */
export function limitConnections(server: Server, most: number): void {
  const open = new Map<string, number>();
  server.on('connection', (socket: Socket) => {
    const address = socket.remoteAddress ?? '';
    const count = (open.get(address) ?? 0) + 1;
    open.set(address, count);
    socket.once('close', () => {
      const left = (open.get(address) ?? 1) - 1;
      if (left > 0) open.set(address, left);
      else open.delete(address);
    });
    if (count > most) refuseOnSocket(socket, tooMany(most));
  });
}

const tooMany = (most: number): Refusal =>
  new Refusal(503, ErrorCode.OVERLOADED, `An address has at most ${most} connections open`, {
    'retry-after': '10',
  });
