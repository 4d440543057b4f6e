/**
 * A server that could not be started, said in one line that ends in what to do about it.
 *
 * It is thrown, not returned: whoever starts servers cannot go on without them. The message is meant for a terminal, so it
 * holds no line break; what the child printed is quoted inside it and `logFile` names the rest.
 */
export class ServerStartError extends Error {
  override readonly name = 'ServerStartError';
  readonly logFile: string | undefined;

  constructor(message: string, options: { logFile?: string; cause?: unknown } = {}) {
    super(message.replaceAll(/\s*\n\s*/g, ' | '), { cause: options.cause });
    this.logFile = options.logFile;
  }
}
