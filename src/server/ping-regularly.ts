import { randomBytes } from 'node:crypto';
import type { WebSocket } from 'ws';

const PING_MS = 15_000;

/**
 * Pings a client, and ends the connection when it neither answers nor reads: its other end is gone. What a
 * ping carries cannot be guessed, so a client that reads nothing cannot pretend to have read it.
 * @returns what stops it
 */
export function pingRegularly(socket: WebSocket): () => void {
  let expected: Buffer | undefined;
  let unread = 0;
  socket.on('pong', (data) => {
    if (expected?.equals(data)) expected = undefined;
  });
  const timer = setInterval(() => {
    // A ping waits behind what the client has not read: as long as that gets less, the client is there.
    const isReading = socket.bufferedAmount < unread;
    unread = socket.bufferedAmount;
    if (expected && !isReading) socket.terminate();
    if (expected) return;
    expected = randomBytes(8);
    socket.ping(expected);
  }, PING_MS);
  return () => clearInterval(timer);
}
