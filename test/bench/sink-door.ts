/**
 * A door that takes nothing, as a program: it throws each post away and answers 503, for next to no processor. What another door can do
 * beside a load that goes here is what the load itself leaves of the machine.
 */
import { createServer, type Socket } from 'node:net';

const refusal = 'HTTP/1.1 503 Service Unavailable\r\ncontent-length: 2\r\n\r\n{}';
const ready = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}';
/** A post's head comes in one piece with the beginning of its body, and is shorter than this. */
const headBytesMax = 1_024;

const server = createServer({ noDelay: true }, (socket) => {
  let left = 0;
  socket.on('error', () => socket.destroy());
  socket.on('data', (chunk) => {
    if (left === 0) left = requestBytes(chunk);
    left -= chunk.length;
    if (left <= 0) answer(socket, chunk);
    left = Math.max(0, left);
  });
});
server.listen(Number(process.env['LANDBRIDGE_HTTP_PORT']), '127.0.0.1');
process.once('SIGTERM', () => process.exit(0));

function requestBytes(chunk: Buffer): number {
  const head = chunk.toString('latin1', 0, headBytesMax);
  return head.indexOf('\r\n\r\n') + 4 + Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0);
}

function answer(socket: Socket, chunk: Buffer): void {
  if (chunk.toString('latin1', 0, 4) === 'GET ') socket.end(ready);
  else socket.write(refusal);
}
