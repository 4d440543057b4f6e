/** A reader that asks for a large answer and takes nothing of it, over a real socket. */
import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, it } from '@jest/globals';
import { Controller, Get, Module } from '@nestjs/common';
import { startHttpService } from './http-service.js';
import { recordedShell } from './recorded-shell.js';

/** More than the kernel takes for a connection that is not read. */
const page = Buffer.alloc(16_777_216, 0x20).toString();
const stalledTimeoutMs = 1_000;

@Controller()
class PageController {
  @Get('/page')
  page(): string {
    return page;
  }

  @Get('/slow')
  async slow(): Promise<string> {
    await delay(stalledTimeoutMs / 4);
    return 'done';
  }
}

@Module({ controllers: [PageController] })
class PageModule {}

it('is cut off, and with it the answer that was held for it; one that only waits is not', async () => {
  const service = await startHttpService({ ...recordedShell({ module: PageModule }).options, stalledTimeoutMs });
  try {
    const socket = connect(Number(new URL(service.url).port), '127.0.0.1').pause();
    socket.on('error', () => undefined);
    socket.write('GET /page HTTP/1.1\r\nhost: x\r\n\r\n');
    const [answer] = (await once(service.app.getHttpServer(), 'request')) as [{ readonly socket: typeof socket }];
    const cut = once(answer.socket, 'close');
    expect(await (await fetch(`${service.url}/slow`)).text()).toBe('done');
    await cut;
    socket.destroy();
  } finally {
    await service.stop();
  }
});
