import { EventEmitter } from 'node:events';
import { PassThrough } from 'node:stream';
import pino from 'pino';
import type { WebSocket } from 'ws';
import { LIMITS } from '../graphql/limits';
import { HeldBytes } from './held-bytes';
import { OpenSocket } from './open-socket';

/** A WebSocket of which a spec says what the client reads. */
class Double extends EventEmitter {
  readonly OPEN = 1;
  readyState = 1;
  bufferedAmount = 0;
  protocol = 'graphql-transport-ws';
  pings: Buffer[] = [];
  pongs: Buffer[] = [];
  closed: [number, string] | undefined;
  isTerminated = false;
  /** Written messages; a client that does not read calls none of them. */
  written: (() => void)[] = [];

  send(data: string, done: () => void) {
    this.bufferedAmount += data.length;
    this.written.push(done);
  }
  ping(data: Buffer) {
    this.pings.push(data);
  }
  pong(data: Buffer) {
    this.pongs.push(data);
  }
  close(code: number, reason: string) {
    this.closed = [code, reason];
    this.readyState = 2;
  }
  terminate() {
    this.isTerminated = true;
    this.emit('close');
  }
}

function open() {
  const socket = new Double();
  const raw = new PassThrough();
  const held = new HeldBytes(LIMITS.heldBytes);
  const opened = new OpenSocket(socket as unknown as WebSocket, raw, held, pino({ level: 'silent' }));
  return { socket, raw, held, opened };
}

const MINUTE = 60_000;

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

describe('a ping', () => {
  it('is answered, and not while the client does not read', () => {
    const { socket } = open();
    socket.emit('ping', Buffer.from('one'));
    socket.bufferedAmount = 1;
    for (let i = 0; i < 1000; i++) socket.emit('ping', Buffer.alloc(125));
    socket.bufferedAmount = 0;
    socket.emit('ping', Buffer.from('two'));
    expect(socket.pongs.map(String)).toEqual(['one', 'two']);
    socket.terminate();
  });

  it('of the server is answered with what it carried: an unasked answer is no sign of life', () => {
    const { socket } = open();
    for (let i = 0; i < 4; i++) {
      jest.advanceTimersByTime(15_000);
      socket.emit('pong', Buffer.from(''));
    }
    expect(socket.isTerminated).toBe(true);
  });

  it('that is answered keeps the connection', () => {
    const { socket } = open();
    for (let i = 0; i < 20; i++) {
      jest.advanceTimersByTime(15_000);
      socket.emit('pong', socket.pings.at(-1));
    }
    expect(socket.isTerminated).toBe(false);
    expect(new Set(socket.pings.map((ping) => ping.toString('hex'))).size).toBe(20);
    socket.terminate();
  });

  it('waits for a client that still reads what stands before it', () => {
    const { socket } = open();
    socket.bufferedAmount = 1000;
    for (let i = 0; i < 10; i++) {
      jest.advanceTimersByTime(15_000);
      socket.bufferedAmount -= 50;
    }
    expect(socket.isTerminated).toBe(false);
    jest.advanceTimersByTime(MINUTE);
    expect(socket.isTerminated).toBe(true);
  });
});

it('holds an operation until its answer is written', async () => {
  const { socket, opened, held } = open();
  opened.onMessage(() => opened.send('x'.repeat(10_000)));
  socket.emit('message', Buffer.from(JSON.stringify({ type: 'ping', y: 'y'.repeat(5_000) })), false);
  expect(opened.operations).toBe(1);
  expect(held.bytes).toBeGreaterThan(15_000);
  socket.written[0]?.();
  await jest.advanceTimersByTimeAsync(1);
  expect(opened.operations).toBe(0);
  expect(held.bytes).toBe(0);
  socket.terminate();
});

it('gives up a client that lets its answers lie', async () => {
  const { socket, opened, held } = open();
  opened.onMessage(() => opened.send('x'.repeat(1024 * 1024)));
  for (let i = 0; i < 20; i++) socket.emit('message', Buffer.from('{"type":"ping"}'), false);
  await jest.advanceTimersByTimeAsync(1);
  expect(socket.closed).toEqual([1008, expect.stringContaining('Answers are not read')]);
  expect(socket.isTerminated).toBe(true);
  expect(held.bytes).toBe(0);
});

it('counts a message that has not come whole, pings in between or not', async () => {
  const { socket, raw, opened, held } = open();
  opened.onMessage(async () => {});
  for (let i = 0; i < 10; i++) {
    raw.emit('data', Buffer.alloc(1000));
    raw.emit('data', Buffer.alloc(6 + 4));
    await jest.advanceTimersByTimeAsync(1);
    socket.emit('ping', Buffer.alloc(4));
  }
  expect(held.bytes).toBe(10_000);
  socket.emit('message', Buffer.from('{"type":"ping"}'), false);
  await jest.advanceTimersByTimeAsync(1);
  expect(held.bytes).toBe(0);
  socket.terminate();
});

it('gives a reason that fits into a close frame', () => {
  const { socket, opened } = open();
  opened.close(4409, `Subscriber for ${'ü'.repeat(128)} already exists`);
  expect(Buffer.byteLength(socket.closed?.[1] ?? '')).toBeLessThanOrEqual(123);
  jest.advanceTimersByTime(MINUTE);
  expect(socket.isTerminated).toBe(true);
});
