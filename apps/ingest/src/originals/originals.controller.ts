/** `GET /v1/originals/{partition}-{offset}`: a message as its carrier sent it, byte for byte. */
import { finished } from 'node:stream';
import { Controller, Get, Param, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ProblemError } from '@landbridge/http';
import { parseOriginalPlace } from '@landbridge/kafka';
import { CarrierReads } from '../limits/carrier-reads.js';
import { noSuchOriginal, OriginalShelf } from './original-shelf.js';

@Controller()
export class OriginalsController {
  constructor(
    private readonly reads: CarrierReads,
    private readonly shelf: OriginalShelf,
  ) {}

  @Get('/v1/originals/:place')
  async original(
    @Req() request: FastifyRequest,
    @Param('place') placeText: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const key = await this.reads.admit(request, reply);
    // An original has one address, so not the form with the slash as well.
    const place = parseOriginalPlace(placeText, '-');
    const found = place === undefined ? noSuchOriginal : await this.shelf.find(key, place);
    if (!found.ok) throw new ProblemError(found.problem);
    // Also where the sender of the question is gone by now.
    finished(reply.raw, found.release);
    const { bytes, contentType, digest, format, receivedMs } = found.original;
    // It is a stranger's bytes under a stranger's type: a browser is to save it, not to show it.
    await reply
      .headers({
        'content-type': contentType,
        'content-disposition': 'attachment',
        'x-content-type-options': 'nosniff',
        'cache-control': 'private, max-age=31536000, immutable',
        etag: `"${digest}"`,
        'repr-digest': `sha-256=:${Buffer.from(digest, 'hex').toString('base64')}:`,
        'last-modified': new Date(receivedMs).toUTCString(),
        'landbridge-format': format,
      })
      .send(bytes);
  }
}
