import { Module } from '@nestjs/common';
import { Clock } from '../kernel/clock.js';
import { Ids } from '../kernel/ids.js';
import { UnitOfWork } from '../kernel/unit-of-work.js';
import { Outbox } from '../platform/persistence/outbox.js';
import { Session } from '../platform/persistence/session.js';
import { Sql } from '../platform/persistence/sql.js';
import { provide, provideAs } from '../platform/provide.js';
import { TypeOrmContacts } from './adapters/typeorm-contacts.js';
import { Contacts } from './ports.js';
import { ContactReads } from './reads/contact-reads.js';
import { AddInvitee } from './use-cases/add-invitee.js';
import { ChangeContact } from './use-cases/change-contact.js';
import { CreateContact } from './use-cases/create-contact.js';
import { DeleteContact } from './use-cases/delete-contact.js';
import { FindOrCreateContact } from './use-cases/find-or-create-contact.js';
import { LookUpContact } from './use-cases/look-up-contact.js';

const offered = [
  provide(CreateContact, Contacts, UnitOfWork, Clock, Ids),
  provide(ChangeContact, Contacts, UnitOfWork, Clock),
  provide(DeleteContact, Contacts, UnitOfWork),
  provide(LookUpContact, Contacts),
  provide(AddInvitee, Contacts, Clock, Ids),
  provide(FindOrCreateContact, Contacts, AddInvitee, UnitOfWork, Clock),
  provide(ContactReads, Sql),
];

@Module({
  providers: [...offered, provideAs(Contacts, TypeOrmContacts, Session, Sql, Outbox)],
  exports: offered.map(({ provide: token }) => token),
})
export class CrmModule {}
