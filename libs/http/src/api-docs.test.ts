import { afterEach, describe, expect, it } from '@jest/globals';
import { Controller, Get, Module, Param } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { apiDocument, problems } from '@landbridge/contracts';
import { createHttpApp } from './http-service.js';
import { recordedShell } from './recorded-shell.js';

@Controller()
class TrainController {
  @Get('/v1/trains/:number')
  train(@Param('number') number: string): object {
    return { number };
  }
}

@Module({ controllers: [TrainController] })
class TrainModule {}

let app: NestFastifyApplication | undefined;
afterEach(async () => app?.close());

async function start(paths: Parameters<typeof apiDocument>[0]['paths']): Promise<NestFastifyApplication> {
  const shell = recordedShell({ module: TrainModule });
  return createHttpApp({ ...shell.options, apiDocument: apiDocument({ service: 'test', description: '', paths }) });
}

const trainPath = { '/v1/trains/{id}': { get: { responses: { 200: { description: 'A train.' } } } } };

describe('the API document', () => {
  it('is served, as JSON and as a page whose files come from this server', async () => {
    app = await start(trainPath);
    const json = await app.inject('/openapi.json');
    expect(json.json()).toMatchObject({ openapi: '3.1.0', paths: trainPath });
    const page = await app.inject('/docs');
    expect(page.statusCode).toBe(200);
    expect(page.body).not.toMatch(/(src|href)="https?:/);
    const files = [...page.body.matchAll(/(?:src|href)="\.\/([^"]+)"/g)].map(([, file]) => `/${file}`);
    expect(files.length).toBeGreaterThan(2);
    for (const file of files) expect((await app.inject(file)).statusCode).toBe(200);
  });

  it('says of an address outside of the page that nothing is there', async () => {
    const shell = recordedShell({ module: TrainModule });
    app = await createHttpApp({
      ...shell.options,
      apiDocument: apiDocument({ service: 'test', description: '', paths: trainPath }),
    });
    for (const path of [
      '/docs/%2e%2e/%2e%2e/package.json',
      '/docs/..%2fpackage.json',
      '/docs//index.html',
      '/docs/none',
    ])
      expect([path, (await app.inject(path)).statusCode]).toEqual([path, 404]);
    expect(shell.lines).toEqual([]);
  });

  it('has a place for the type of every problem', async () => {
    app = await start(trainPath);
    const { body } = await app.inject('/docs/problems');
    for (const code of Object.keys(problems)) expect(body).toContain(`id="${code}"`);
  });

  it('keeps a service from starting that has a route it does not tell', async () => {
    await expect(start({})).rejects.toThrow('GET /v1/trains/{} is not in the API document');
  });

  it('keeps a service from starting that lacks a route it tells', async () => {
    const paths = { ...trainPath, '/v1/wagons': { post: { responses: {} } } };
    await expect(start(paths)).rejects.toThrow('POST /v1/wagons is documented and no route');
  });
});
