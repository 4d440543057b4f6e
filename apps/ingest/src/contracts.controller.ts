import { Controller, Get, Header } from '@nestjs/common';
import { CanonicalEvent, subscriberDocument } from '@landbridge/contracts';

const asyncApi = JSON.stringify(subscriberDocument());
const eventSchema = JSON.stringify({ $schema: 'https://json-schema.org/draft/2020-12/schema', ...CanonicalEvent });

/** What carriers and subscribers generate code from; it changes with a release only. */
@Controller()
export class ContractsController {
  @Get('/asyncapi.json')
  @Header('content-type', 'application/json; charset=utf-8')
  topics(): string {
    return asyncApi;
  }

  @Get('/schemas/event.v1.json')
  @Header('content-type', 'application/schema+json')
  event(): string {
    return eventSchema;
  }
}
