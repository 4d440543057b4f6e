/**
 * What the door is measured against, as a program: Fastify as it comes, the same guarded producer with the same settings, and nothing
 * else. No key, no schema, no screening, no metrics; a body is parsed by Fastify and each event written as it came.
 */
import { kafkaSlice, laneSlice, settingsOrExit } from '@landbridge/config';
import { eventTopics } from '@landbridge/contracts';
import { LogWriter } from '@landbridge/kafka';
import { createLogger } from '@landbridge/telemetry';
import fastify from 'fastify';

interface PostedEvent {
  readonly subject: string;
}

const { kafka, lane } = settingsOrExit(process.env, [], [kafkaSlice, laneSlice]);
const bodyBytesMax = 8 * 1_048_576;
const ackDeadlineMs = 10_000;
const log = new LogWriter({
  settings: kafka,
  lane,
  clientId: 'bare-door',
  logger: createLogger({ service: 'bare-door', level: 'error' }),
});
await log.start();

const server = fastify({ bodyLimit: bodyBytesMax });
server.addContentTypeParser(
  ['application/cloudevents+json', 'application/cloudevents-batch+json'],
  { parseAs: 'string' },
  server.getDefaultJsonParser('ignore', 'ignore'),
);
server.post('/v1/events', async (request, reply) => {
  const events = [request.body as PostedEvent | readonly PostedEvent[]].flat();
  const records = events.map((event) => ({
    topic: eventTopics.air,
    key: event.subject,
    value: JSON.stringify(event),
  }));
  const written = await log.write(records, ackDeadlineMs);
  return reply.code(written.ok ? 202 : 503).send({ accepted: written.ok ? events.length : 0 });
});
server.get('/readyz', () => ({ ready: log.state.connected }));
process.once('SIGTERM', () => {
  void server
    .close()
    .then(() => log.stop(ackDeadlineMs))
    .then(() => process.exit(0));
});
await server.listen({ host: '127.0.0.1', port: Number(process.env['LANDBRIDGE_HTTP_PORT']) });
