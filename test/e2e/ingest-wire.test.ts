/** What no client library sends: requests whose end two readers could see at two places, and words of other versions of HTTP. */
import { once } from 'node:events';
import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openIngestDoor, type IngestDoor } from '../harness/ingest-door.js';
import { sharedKafka } from '../harness/shared-servers.js';

const SLOW_MS = 90_000;

let door: IngestDoor;

beforeAll(async () => {
  door = await openIngestDoor(sharedKafka());
}, SLOW_MS);

afterAll(() => door?.service.stop(), SLOW_MS);

const eventText = () =>
  JSON.stringify({
    specversion: '1.0',
    id: 'wire',
    source: door.source,
    type: 'landbridge.air.event.v1',
    subject: 'flight-wire',
    time: '2020-03-04T05:06:07+08:00',
    retracted: true,
  });

/** Sends bytes and gives all that comes back until the door closes the connection. */
async function exchange(bytes: string): Promise<{ readonly text: string; readonly statuses: readonly number[] }> {
  const socket = connect(Number(new URL(door.url).port), '127.0.0.1');
  let text = '';
  socket.on('data', (chunk) => (text += String(chunk)));
  socket.on('error', () => undefined);
  socket.write(bytes);
  await once(socket, 'close');
  return { text, statuses: Array.from(text.matchAll(/HTTP\/1\.1 (\d{3}) /g), ([, status]) => Number(status)) };
}

const hidden = 'GET /livez HTTP/1.1\r\nHost: x\r\n\r\n';
const post = (lines: readonly string[], body: string, version = '1.1') =>
  [
    `POST /v1/events HTTP/${version}`,
    'Host: x',
    `Authorization: Bearer ${door.secret}`,
    'Content-Type: application/cloudevents+json',
    ...lines,
    '',
    body,
  ].join('\r\n');
const chunked = (text: string) => `${text.length.toString(16)}\r\n${text}\r\n0\r\n\r\n`;

describe('a request that two readers could end at two places', () => {
  /** Lines of the head, of a body with so many bytes. */
  const shapes: Readonly<Record<string, (bytes: number) => readonly string[]>> = {
    'has two lengths': (bytes) => [`Content-Length: ${bytes}`, 'Content-Length: 5'],
    'has one length twice': (bytes) => [`Content-Length: ${bytes}`, `Content-Length: ${bytes}`],
    'has a list of lengths': (bytes) => [`Content-Length: ${bytes}, ${bytes}`],
    'has a length with a sign': (bytes) => [`Content-Length: +${bytes}`],
    'has a length in hexadecimal': (bytes) => [`Content-Length: 0x${bytes.toString(16)}`],
    'has a length and chunks': () => ['Content-Length: 5', 'Transfer-Encoding: chunked'],
    'has chunks and a length': () => ['Transfer-Encoding: chunked', 'Content-Length: 5'],
    'has chunks that are not the last coding': () => ['Transfer-Encoding: chunked, identity'],
    'has chunks twice': () => ['Transfer-Encoding: chunked', 'Transfer-Encoding: chunked'],
    'has chunks of another name': () => ['Transfer-Encoding: xchunked'],
    'has a blank before the colon': () => ['Transfer-Encoding : chunked'],
    'has a line that goes on in the next': () => ['Transfer-Encoding:', ' chunked'],
  };

  test.each(Object.entries(shapes))(
    'is refused where it %s, and nothing behind it is answered',
    async (_name, lines) => {
      const text = eventText();
      for (const body of [text, chunked(text)]) {
        const { text: answer, statuses } = await exchange(post(lines(body.length), body) + hidden);
        expect(statuses).toEqual([400]);
        expect(answer).toContain('"code":"unreadable"');
      }
    },
    SLOW_MS,
  );
});

test('a sender of HTTP/1.0 that expects to be told to go on is answered once', async () => {
  const text = eventText();
  const lines = ['Expect: 100-continue', `Content-Length: ${text.length}`];
  expect((await exchange(post(lines, text, '1.0'))).statuses).toEqual([202]);
  expect((await exchange(post([...lines, 'Connection: close'], text))).statuses).toEqual([100, 202]);
});

test('zeros between two gzip members do not end a body', async () => {
  const body = Buffer.concat([gzipSync(`${eventText()}\n`), Buffer.alloc(3), gzipSync(eventText())]);
  const answer = await door.post(body, { 'content-type': 'application/x-ndjson', 'content-encoding': 'gzip' });
  expect([answer.status, await answer.text()]).toEqual([400, expect.stringContaining('"code":"unreadable"')]);
});
