import { Body, Controller, Delete, Get, Param, Patch, Post, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Clock } from '../../kernel/clock.js';
import type { Page } from '../../kernel/page.js';
import { AccessBy, OwnerId } from '../../platform/http/access.js';
import { ApiTags } from '../../platform/http/described.js';
import { Operation, SuccessDto } from '../../platform/http/documents.js';
import { IdempotentAnswers } from '../../platform/http/idempotent-answers.js';
import { pageRequest } from '../../platform/http/page-query.js';
import { ContactNotFound } from '../domain/errors.js';
import {
  ContactReads,
  viewOfNewContact,
  type ContactDetailView,
  type ContactView,
} from '../reads/contact-reads.js';
import { ChangeContact } from '../use-cases/change-contact.js';
import { CreateContact } from '../use-cases/create-contact.js';
import { DeleteContact } from '../use-cases/delete-contact.js';
import {
  UpdateContactBody,
  ContactDetailDto,
  ContactDto,
  ContactPageDto,
  CreateContactBody,
  ListContactsQuery,
} from './dto.js';

@ApiTags('Contacts')
@Controller('api/v1/contacts')
export class ContactsController {
  constructor(
    private readonly reads: ContactReads,
    private readonly createContact: CreateContact,
    private readonly changeContact: ChangeContact,
    private readonly deleteContact: DeleteContact,
    private readonly answers: IdempotentAnswers,
    private readonly clock: Clock,
  ) {}

  @Get()
  @AccessBy('api key')
  @Operation({
    id: 'listContacts',
    summary: 'List and search contacts',
    description: 'Newest first.',
    status: 200,
    answer: ContactPageDto,
    answerDescription: 'One page of contacts',
    refusals: [400],
  })
  list(@OwnerId() ownerId: string, @Query() query: ListContactsQuery): Promise<Page<ContactView>> {
    const { page, limit } = pageRequest(query);
    return this.reads.list(ownerId, { page, limit, search: query.search ?? null });
  }

  @Post()
  @AccessBy('api key')
  @Operation({
    id: 'createContact',
    summary: 'Add a contact',
    description: 'Fires `contact.created`.',
    status: 201,
    answer: ContactDto,
    answerDescription: 'The contact',
    answerExample: { meetingCount: 0 },
    takesIdempotencyKey: true,
    refusals: [400, 409],
    headers: {
      Location: {
        description: 'Where the contact is found',
        example: '/api/v1/contacts/01980a4e-7b1c-7c3e-9d55-0f2b6a1c9e01',
      },
    },
  })
  async create(
    @OwnerId() ownerId: string,
    @Body() { name, email, phone, company, notes }: CreateContactBody,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ContactView> {
    const contact = await this.answers.once(ownerId, request, reply, async () =>
      viewOfNewContact(
        await this.createContact.execute({
          ownerId,
          source: 'API',
          details: { name, email, phone, company, notes },
        }),
      ),
    );
    reply.header('Location', `/api/v1/contacts/${contact.id}`);
    return contact;
  }

  @Get(':id')
  @AccessBy('api key')
  @Operation({
    id: 'getContact',
    summary: 'One contact with its meetings',
    status: 200,
    answer: ContactDetailDto,
    answerDescription: 'The contact',
    refusals: [404],
  })
  detail(@OwnerId() ownerId: string, @Param('id') id: string): Promise<ContactDetailView> {
    return this.found(ownerId, id);
  }

  @Patch(':id')
  @AccessBy('api key')
  @Operation({
    id: 'updateContact',
    summary: 'Change a contact',
    description: 'What is left out stays as it is; null or "" clears an optional field.',
    status: 200,
    answer: ContactDto,
    answerDescription: 'The contact as it is now',
    refusals: [400, 404, 409],
  })
  async change(
    @OwnerId() ownerId: string,
    @Param('id') id: string,
    @Body() { name, email, phone, company, notes }: UpdateContactBody,
  ): Promise<ContactView> {
    await this.changeContact.execute({
      contactId: id,
      ownerId,
      patch: { name, email, phone, company, notes },
    });
    return this.found(ownerId, id);
  }

  @Delete(':id')
  @AccessBy('api key')
  @Operation({
    id: 'deleteContact',
    summary: 'Delete a contact for good',
    description: 'Its bookings stay, without a contact.',
    status: 200,
    answer: SuccessDto,
    answerDescription: 'The contact is deleted',
    refusals: [404],
  })
  async remove(@OwnerId() ownerId: string, @Param('id') id: string): Promise<SuccessDto> {
    await this.deleteContact.execute({ contactId: id, ownerId });
    return { success: true };
  }

  private async found(ownerId: string, id: string): Promise<ContactDetailView> {
    const contact = await this.reads.detail(ownerId, id, this.clock.now());
    if (!contact) throw new ContactNotFound();
    return contact;
  }
}
