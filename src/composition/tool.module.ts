import { Module, type DynamicModule } from '@nestjs/common';
import { CalendarsModule } from '../calendars/calendars.module.js';
import { CrmModule } from '../crm/crm.module.js';
import { DeliveryModule } from '../delivery/delivery.module.js';
import { IdentityModule } from '../identity/identity.module.js';
import { SchedulingModule } from '../scheduling/scheduling.module.js';

/** What the command line tool is made of: the modules whose use cases and reads it calls. */
@Module({ imports: [IdentityModule, CrmModule, SchedulingModule, DeliveryModule, CalendarsModule] })
export class ToolModule {
  static with(core: DynamicModule): DynamicModule {
    return { module: ToolModule, imports: [core] };
  }
}
