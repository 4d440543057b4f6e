import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';

const MARK = '# landbridge: no service is started while its package is being installed';

/**
 * Runs an installation during which Debian's maintainer scripts start no daemon, then puts everything back.
 *
 * They ask the program `policy-rc.d`; 101 is "not allowed". A file that the administrator already has is put aside and comes
 * back; one that a crash of ours left is recognised by its mark, so it is never taken for the administrator's.
 *
 * @see https://people.debian.org/~hmh/invokerc.d-policyrc.d-specification.txt
 */
export async function withoutServiceStart<T>(policyFile: string, install: () => Promise<T>): Promise<T> {
  const aside = `${policyFile}.before-landbridge`;
  if (existsSync(policyFile) && !readFileSync(policyFile, 'utf8').includes(MARK)) renameSync(policyFile, aside);
  writeFileSync(policyFile, `#!/bin/sh\n${MARK}\nexit 101\n`, { mode: 0o755 });
  try {
    return await install();
  } finally {
    if (existsSync(aside)) renameSync(aside, policyFile);
    else rmSync(policyFile, { force: true });
  }
}
