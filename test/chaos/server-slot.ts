import type { NativeServer } from '@landbridge/native';
import { residentPeakKiB } from './supervised-process.js';

/** A server that may be killed and started again on the same port and data folder. */
export class ServerSlot {
  rssMaxKiB = 0;
  #running: NativeServer | undefined;

  constructor(
    readonly dataDir: string,
    readonly port: number,
    private readonly launch: () => Promise<NativeServer>,
  ) {}

  async start(): Promise<void> {
    this.#running = await this.launch();
  }

  signal(signal: NodeJS.Signals): void {
    this.#running?.kill(signal);
  }

  /** SIGKILL; returns when the process is gone. */
  async kill(): Promise<void> {
    this.sampleMemory();
    this.signal('SIGKILL');
    await this.#running?.exited;
  }

  /** Whether it ends by itself within a time, milliseconds. */
  async endsWithin(milliseconds: number): Promise<boolean> {
    const late = new Promise<'late'>((resolve) => setTimeout(() => resolve('late'), milliseconds));
    return (await Promise.race([this.#running?.exited, late])) !== 'late';
  }

  async stop(): Promise<void> {
    await this.#running?.stop();
  }

  sampleMemory(): void {
    this.rssMaxKiB = Math.max(this.rssMaxKiB, residentPeakKiB(this.#running?.pid));
  }
}
