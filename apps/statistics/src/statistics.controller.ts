import { Controller, Get, Header, Query } from '@nestjs/common';
import { ProblemError } from '@landbridge/http';
import { StatisticsHandler } from './statistics.handler.js';

/** `GET /v1/statistics`: the edge between HTTP and the handler. Figures are live, so nobody on the way may keep an answer. */
@Controller('v1/statistics')
export class StatisticsController {
  constructor(private readonly handler: StatisticsHandler) {}

  /** The body is written here and not by Fastify: exact numbers are raw JSON, which only `JSON.stringify` knows. */
  @Get()
  @Header('content-type', 'application/json; charset=utf-8')
  @Header('cache-control', 'no-store')
  async ask(@Query() parameters: Record<string, unknown>): Promise<string> {
    const result = await this.handler.answer(parameters);
    if (!result.ok) throw new ProblemError(result.problem, { 'cache-control': 'no-store' });
    return JSON.stringify(result.answer);
  }
}
