import type { RpcExceptionFilter } from '@nestjs/common';

/**
 * Hands a handler's error on as it is. Nest's own filter turns it into `{ status, message: 'Internal server error' }`, and the cause
 * would be lost to whoever retries. Use it on every controller whose handlers take a `PartitionBatch`. Nest takes a filter without
 * `@Catch` for one of all errors.
 */
export class BatchErrorFilter implements RpcExceptionFilter {
  catch(error: unknown): never {
    throw error;
  }
}
