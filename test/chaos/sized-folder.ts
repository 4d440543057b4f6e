/** A folder on a file system of its own in memory, whose size can be cut down to what is used: a full disk without filling one. */
import { spawnSync } from 'node:child_process';
import { statfs } from 'node:fs/promises';

export interface SizedFolder {
  readonly path: string;
  /** Leaves no more than this many KiB for new data. */
  fill(leftKiB: number): Promise<void>;
  /** Makes room again. */
  free(): void;
  unmount(): Promise<void>;
}

/** Whether this process may mount: root on Linux. */
export function canMount(): boolean {
  return process.platform === 'linux' && process.getuid?.() === 0;
}

/** Mounts a file system on an empty folder; memory is used only for what is written. Throws when the kernel refuses. */
export async function mountSized(path: string, sizeMiB: number): Promise<SizedFolder> {
  run('mount', ['-t', 'tmpfs', '-o', `size=${sizeMiB}m`, 'tmpfs', path]);
  return {
    path,
    fill: async (leftKiB) => {
      const { bsize, blocks, bfree } = await statfs(path);
      const usedKiB = Math.ceil(((blocks - bfree) * bsize) / 1_024);
      run('mount', ['-o', `remount,size=${usedKiB + leftKiB}k`, path]);
    },
    free: () => run('mount', ['-o', `remount,size=${sizeMiB}m`, path]),
    unmount: async () => run('umount', ['-l', path]),
  };
}

function run(command: string, args: readonly string[]): void {
  const { status, stderr } = spawnSync(command, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${stderr.trim()}`);
}
