import { Catch, type RpcExceptionFilter } from '@nestjs/common';
import { throwError, type Observable } from 'rxjs';

/**
 * Hands a handler's error on as it is. Nest's own filter turns it into `{ status, message: 'Internal server error' }`, and the cause
 * would be lost to whoever retries. Use it on every controller whose handlers take a `PartitionBatch`.
 */
@Catch()
export class BatchErrorFilter implements RpcExceptionFilter {
  catch(error: unknown): Observable<never> {
    return throwError(() => error);
  }
}
