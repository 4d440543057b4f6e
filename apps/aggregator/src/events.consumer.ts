/**
 * The edge to Kafka: batches of each event topic go to the folder. Nest calls these by topic, through `BatchServer`.
 */
import { Controller, UseFilters } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import { eventTopics } from '@landbridge/contracts';
import { BatchErrorFilter } from '@landbridge/kafka';
import { PartitionFolder, type PartitionRecords } from '@landbridge/view';

@Controller()
@UseFilters(BatchErrorFilter)
export class EventsConsumer {
  constructor(private readonly folder: PartitionFolder) {}

  @EventPattern<string>(eventTopics.air)
  onAir(@Payload() batch: PartitionRecords): Promise<void> {
    return this.folder.fold(batch);
  }

  @EventPattern<string>(eventTopics.rail)
  onRail(@Payload() batch: PartitionRecords): Promise<void> {
    return this.folder.fold(batch);
  }

  @EventPattern<string>(eventTopics.port)
  onPort(@Payload() batch: PartitionRecords): Promise<void> {
    return this.folder.fold(batch);
  }

  @EventPattern<string>(eventTopics.cbec)
  onCbec(@Payload() batch: PartitionRecords): Promise<void> {
    return this.folder.fold(batch);
  }
}
