import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';

/** In a process of its own, because Node's own warnings pass by the copy of `process` that a test gets. */
async function warningsAfter(preparation: string): Promise<string> {
  const script = `
    import { silenceNegativeTimeouts } from ${JSON.stringify(new URL('kafkajs-noise.ts', import.meta.url).href)};
    ${preparation}
    setTimeout(() => undefined, -1);
    setTimeout(() => undefined, 2 ** 40).unref();
    process.emitWarning('of our own', 'OwnWarning');
  `;
  const node = ['--input-type=module', '--eval', script];
  const { stderr } = await promisify(execFile)(process.execPath, node);
  return stderr;
}

test('drops the warning of negative timeouts, and no other', async () => {
  const heard = await warningsAfter('');
  expect(heard).toContain('TimeoutNegativeWarning');
  const left = await warningsAfter('silenceNegativeTimeouts(); silenceNegativeTimeouts();');
  expect(left).not.toContain('TimeoutNegativeWarning');
  expect(left).toContain('TimeoutOverflowWarning');
  expect(left).toContain('OwnWarning: of our own');
});
