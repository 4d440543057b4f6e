/**
 * Nest's view of the aggregator: one controller over the folder that `main.ts` has built.
 */
import { Module, type DynamicModule } from '@nestjs/common';
import { EventsConsumer } from './events.consumer.js';
import { PartitionFolder } from '@landbridge/view';

@Module({})
export class AppModule {
  /** @param onShutdown closes what `main.ts` opened; it runs after the consumer has stopped */
  static with(folder: PartitionFolder, onShutdown: () => Promise<void>): DynamicModule {
    return {
      module: AppModule,
      controllers: [EventsConsumer],
      providers: [
        { provide: PartitionFolder, useValue: folder },
        { provide: 'shutdown', useValue: { onApplicationShutdown: onShutdown } },
      ],
    };
  }
}
