import { Module, type DynamicModule } from '@nestjs/common';
import { CalendarsModule } from '../calendars/calendars.module.js';
import { DeliveryModule } from '../delivery/delivery.module.js';

/** What a worker process is made of: the modules whose jobs it does. */
@Module({ imports: [DeliveryModule, CalendarsModule] })
export class WorkerModule {
  static with(core: DynamicModule): DynamicModule {
    return { module: WorkerModule, imports: [core] };
  }
}
