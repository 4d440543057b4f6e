/**
 * `GET /v1/carriers/{id}/quality?days=30`: how good a carrier's data was over the last days of receipt, and how that adds up to a score.
 * A carrier reads its own; another's is not found, whether it exists or not. A key of the sandbox reads none: there nothing is counted, and
 * what its carrier posts for real is not the sandbox's business, no more than its originals are.
 */
import { Controller, Get, Header, Param, Query, Req, Res } from '@nestjs/common';
import type { CarrierQuality } from '@landbridge/contracts';
import { latenessBoundsSeconds, qualityScore } from '@landbridge/domain';
import { ProblemError } from '@landbridge/http';
import { RedisQualityStore } from '@landbridge/redis';
import { CarrierReads } from '../limits/carrier-reads.js';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { lastDates } from './quality-tally.js';

const notCounted = 'nothing is counted in the sandbox; ask with a key whose events count';
const defaultDays = 30;
/** Counts are kept for some days more than a quarter. */
const daysMax = 92;

@Controller()
export class QualityController {
  constructor(
    private readonly reads: CarrierReads,
    private readonly store: RedisQualityStore,
  ) {}

  @Get('/v1/carriers/:id/quality')
  @Header('cache-control', 'no-store')
  async quality(
    @Param('id') id: string,
    @Query() query: Readonly<Record<string, unknown>>,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<CarrierQuality> {
    const { tenant, carrier, sandbox } = await this.reads.admit(request, reply);
    if (carrier !== id) throw new ProblemError({ code: 'not_found', detail: 'there is no such carrier' });
    if (sandbox) throw new ProblemError({ code: 'forbidden', detail: notCounted });
    const dates = lastDates(daysOf(query), Date.now());
    const reading = await this.store.read({ tenant, carrier }, dates).catch((cause: unknown) => {
      throw new ProblemError({ code: 'view_unavailable', detail: 'the counts cannot be read' }, {}, { cause });
    });
    const { accepted, corrected, rejectedByCode, lateness, expected, missing } = reading;
    return {
      carrier,
      from: dates.at(-1)!,
      to: dates[0]!,
      ...qualityScore(reading),
      counts: {
        accepted,
        corrected,
        rejected: rejectedByCode,
        lateness: lateness.map((events, bucket) => ({ seconds: latenessBoundsSeconds[bucket] ?? null, events })),
        milestones: { expected, missing },
      },
    };
  }
}

function daysOf(query: Readonly<Record<string, unknown>>): number {
  const { days, ...others } = query;
  const [unknown] = Object.keys(others);
  if (unknown !== undefined)
    throw new ProblemError({
      code: 'invalid_parameter',
      detail: 'the only query parameter here is days',
      path: unknown.slice(0, 40),
    });
  if (days === undefined) return defaultDays;
  const number = typeof days === 'string' && /^[1-9]\d?$/.test(days) ? Number(days) : 0;
  if (number < 1 || number > daysMax)
    throw new ProblemError({
      code: 'invalid_parameter',
      detail: `days is a number from 1 to ${daysMax}`,
      path: 'days',
    });
  return number;
}
