/**
 * Nest's stock Kafka transport doing the same work for each event with plain Redis commands: one SADD for the id, and for a new one two
 * HINCRBY (count and weight by hub, direction and hour). At least once, and without corrections. A program of its own.
 * Prints one JSON line: records and seconds from the first record to the last.
 */
import 'reflect-metadata';
import { Controller, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { EventPattern, Payload, Transport, type MicroserviceOptions } from '@nestjs/microservices';
import { Redis } from 'ioredis';

const [broker, topic, redisUrl, expected] = process.argv.slice(2) as [string, string, string, string];
const redis = new Redis(redisUrl);
let records = 0;
let began = 0;

interface StockEvent {
  readonly id: string;
  readonly time: string;
  readonly data: {
    readonly hub: string;
    readonly direction: string;
    readonly quantities: { readonly weightGrams: number };
  };
}

@Controller()
class StockConsumer {
  @EventPattern<string>(topic)
  async onEvent(@Payload() event: StockEvent): Promise<void> {
    began ||= performance.now();
    if ((await redis.sadd('stock:ids', event.id)) === 1) {
      const cell = `${event.data.hub}:${event.data.direction}:${event.time.slice(0, 13)}`;
      await Promise.all([
        redis.hincrby('stock:count', cell, 1),
        redis.hincrby('stock:weight', cell, event.data.quantities.weightGrams),
      ]);
    }
    if (++records < Number(expected)) return;
    const seconds = (performance.now() - began) / 1_000;
    process.stdout.write(`${JSON.stringify({ records, seconds, rssMiB: process.memoryUsage.rss() / 2 ** 20 })}\n`);
    process.exit(0);
  }
}

@Module({ controllers: [StockConsumer] })
class StockModule {}

const app = await NestFactory.createMicroservice<MicroserviceOptions>(StockModule, {
  logger: false,
  transport: Transport.KAFKA,
  options: {
    client: { brokers: [broker], logLevel: 0 },
    consumer: { groupId: `stock-${process.pid}`, maxWaitTimeInMs: 100 },
    subscribe: { fromBeginning: true },
    run: { autoCommit: true, autoCommitInterval: 5_000, partitionsConsumedConcurrently: 8 },
  },
});
await app.listen();
