import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { freePorts, LOOPBACK } from '@landbridge/native';
import { eventually, patience } from '../harness/poll.js';
import { startService, type ServiceOptions } from '../harness/service.js';

describe('polling', () => {
  const what = 'the third look';

  test('ends with what the attempt returns, once it neither throws nor says no', async () => {
    let looks = 0;
    const look = () => {
      looks += 1;
      if (looks === 1) throw new Error('not there');
      return looks === 2 ? null : 'there';
    };
    await expect(eventually(look, { deadlineMs: 5_000, intervalMs: 1, what })).resolves.toBe('there');
    expect(looks).toBe(3);
  });

  test('tells what it waited for and the last failure', async () => {
    const look = () => Promise.reject(new Error('the total is 7'));
    await expect(eventually(look, { deadlineMs: 20, intervalMs: 1, what })).rejects.toThrow(
      `waited ${20 * patience} ms for the third look; at last: the total is 7`,
    );
  });

  test('does not wait for ever for an attempt that hangs', async () => {
    const look = () => new Promise<never>(() => undefined);
    await expect(eventually(look, { deadlineMs: 20, what })).rejects.toThrow('the attempt itself did not return');
  });
});

describe('a free port', () => {
  test('is given out once, whichever process asks', async () => {
    // By chance alone, a dozen would be in both lists.
    const many = 400;
    const script = `import { freePorts } from '@landbridge/native';
      console.log(JSON.stringify(await freePorts(${many})));
      process.exit();`;
    const ours = await freePorts(many);
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', script]);
    const theirs = JSON.parse(stdout) as number[];
    expect(new Set(ours).size).toBe(many);
    expect(theirs).toHaveLength(many);
    expect(theirs.filter((port) => ours.includes(port))).toEqual([]);
  });
});

describe('a service', () => {
  let folder: string;
  let options: ServiceOptions;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'landbridge-service-'));
    const [port = 0] = await freePorts(1);
    const entry = join(folder, 'main.mjs');
    await writeFile(
      entry,
      `import { createServer } from 'node:http';
       if (process.env.REFUSE) throw new Error('SOME_SETTING is missing');
       const server = createServer((request, response) => response.end(JSON.stringify(process.env)));
       server.listen(Number(process.env.PORT), '127.0.0.1', () => console.log('listening', process.pid));
       process.on('SIGTERM', () => { console.log('asked to stop'); process.exit(0); });`,
    );
    const readyUrl = `http://${LOOPBACK}:${port}/readyz`;
    options = { name: 'example', entry, env: { PORT: String(port) }, readyUrl };
  });

  afterAll(() => rm(folder, { recursive: true }));

  test('runs as a process without the environment of Jest, and ends when it is asked to', async () => {
    const service = await startService(options);
    const environment = (await (await fetch(options.readyUrl)).json()) as Record<string, string>;
    expect(environment['PORT']).toBe(options.env['PORT']);
    expect(environment['NODE_ENV']).toBeUndefined();
    await expect(service.stop()).resolves.toEqual({ code: 0, signal: null });
    expect(service.logs()).toContain('asked to stop');
  });

  test('is killed, and started again as another process with its log kept', async () => {
    const service = await startService(options);
    const first = service.pid;
    service.kill('SIGKILL');
    await expect(service.exited()).resolves.toEqual({ code: null, signal: 'SIGKILL' });
    await service.restart();
    expect(service.pid).not.toBe(first);
    expect(service.logs()).toContain(`listening ${first}`);
    await eventually(() => expect(service.logs()).toContain(`listening ${service.pid}`), {
      deadlineMs: 20_000,
      what: 'the log of the second process',
    });
    await service.stop();
  });

  test('that ends at once is reported with what it printed', async () => {
    const refusing = startService({ ...options, env: { ...options.env, REFUSE: 'yes' } });
    await expect(refusing).rejects.toThrow(/^example ended while starting \(exit code 1\)[^]*SOME_SETTING is missing/);
  });
});
