import { Module, type DynamicModule, type OnApplicationShutdown } from '@nestjs/common';
import { StatisticsController } from './statistics.controller.js';
import { StatisticsHandler } from './statistics.handler.js';

/** The connection to the view, as far as the module's life concerns it. */
abstract class ViewConnection {
  abstract disconnect(): void;
}

@Module({ controllers: [StatisticsController] })
export class AppModule implements OnApplicationShutdown {
  constructor(private readonly connection: ViewConnection) {}

  static over(handler: StatisticsHandler, connection: ViewConnection): DynamicModule {
    return {
      module: AppModule,
      providers: [
        { provide: StatisticsHandler, useValue: handler },
        { provide: ViewConnection, useValue: connection },
      ],
    };
  }

  /** Called when the last request was answered: only then is the view not needed any more. */
  onApplicationShutdown(): void {
    this.connection.disconnect();
  }
}
