import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { limitConnections } from './connections';

it('an address has so many connections; a further one is told so, and one that went makes room', async () => {
  const server = createServer((_, response) => response.end('taken'));
  limitConnections(server, 2);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const open = async (): Promise<Socket> => {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    return socket;
  };
  const answerOn = async (socket: Socket): Promise<string> => {
    socket.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n');
    const [data] = await once(socket, 'data');
    return String(data);
  };
  const [first, second] = [await open(), await open()];
  expect(await answerOn(first)).toContain('taken');
  const third = await open();
  const [refusal] = await once(third, 'data');
  expect(String(refusal)).toMatch(/^HTTP\/1.1 503 Refused.*An address has at most 2 connections open/s);
  await once(third, 'close');
  const gone = once(second, 'close');
  second.destroy();
  await gone;
  // The server hears of it a moment later.
  for (;;) {
    const fourth = await open();
    const answer = await answerOn(fourth).catch(() => 'refused');
    fourth.destroy();
    if (answer.includes('taken')) break;
  }
  first.destroy();
  server.close();
});
