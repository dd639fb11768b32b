import { Instant, type LocalDate, ZoneOffset } from '@js-joda/core';
import { Body, Controller, Get, HttpCode, Param, Post, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { InvalidData } from '../../kernel/domain-error.js';
import { normalizeEmail } from '../../kernel/email-address.js';
import { formatInstant } from '../../kernel/instant-text.js';
import type { Page } from '../../kernel/page.js';
import { AccessBy, OwnerId } from '../../platform/http/access.js';
import { ApiTags } from '../../platform/http/described.js';
import { Operation, SuccessDto } from '../../platform/http/documents.js';
import { IdempotentAnswers } from '../../platform/http/idempotent-answers.js';
import { pageRequest } from '../../platform/http/page-query.js';
import { BookingNotFound } from '../domain/errors.js';
import {
  BookingReads,
  type BookingDetailView,
  type BookingFilter,
  type BookingView,
} from '../reads/booking-reads.js';
import { CancelBooking } from '../use-cases/cancel-booking.js';
import { BookingDetailDto, BookingPageDto, CancelBookingBody, ListBookingsQuery } from './dto.js';

@ApiTags('Bookings')
@Controller('api/v1/bookings')
export class BookingsController {
  constructor(
    private readonly reads: BookingReads,
    private readonly cancelBooking: CancelBooking,
    private readonly answers: IdempotentAnswers,
  ) {}

  @Get()
  @AccessBy('api key')
  @Operation({
    id: 'listBookings',
    summary: 'List bookings',
    description: 'Newest start first. A past meeting stays CONFIRMED.',
    status: 200,
    answer: BookingPageDto,
    answerDescription: 'One page of bookings',
    refusals: [400],
  })
  list(@OwnerId() ownerId: string, @Query() query: ListBookingsQuery): Promise<Page<BookingView>> {
    return this.reads.list(ownerId, filterOf(query));
  }

  @Get(':id')
  @AccessBy('api key')
  @Operation({
    id: 'getBooking',
    summary: 'One booking with its event type, contact and e-mails',
    status: 200,
    answer: BookingDetailDto,
    answerDescription: 'The booking',
    refusals: [404],
  })
  async detail(@OwnerId() ownerId: string, @Param('id') id: string): Promise<BookingDetailView> {
    const booking = await this.reads.detail(ownerId, id);
    if (!booking) throw new BookingNotFound();
    return booking;
  }

  @Post(':id/cancel')
  @HttpCode(200)
  @AccessBy('api key')
  @Operation({
    id: 'cancelBooking',
    summary: 'Cancel a booking',
    description: 'The slot is free at once. Calendars, notices and webhooks follow.',
    status: 200,
    answer: SuccessDto,
    answerDescription: 'The booking is cancelled',
    takesIdempotencyKey: true,
    refusals: [400, 404, 409],
  })
  cancel(
    @OwnerId() ownerId: string,
    @Param('id') id: string,
    @Body() body: CancelBookingBody,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<SuccessDto> {
    return this.answers.once(ownerId, request, reply, async () => {
      await this.cancelBooking.execute({ bookingId: id, ownerId, reason: body.reason ?? null });
      return { success: true };
    });
  }
}

function filterOf(query: ListBookingsQuery): BookingFilter {
  const from = query.from ? startOf(query.from) : null;
  const before = query.to ? endOf(query.to) : null;
  if (from && before && !from.isBefore(before)) throw new InvalidData({ from: 'from must not be after to' });
  const { page, limit } = pageRequest(query);
  return {
    page,
    limit,
    status: query.status === undefined || query.status === 'all' ? null : query.status,
    startsFrom: from && formatInstant(from),
    startsBefore: before && formatInstant(before),
    eventTypeId: query.eventTypeId ?? null,
    contactId: query.contactId ?? null,
    inviteeEmail: query.inviteeEmail === undefined ? null : normalizeEmail(query.inviteeEmail),
    search: query.search ?? null,
    updatedAfter: query.updatedAfter ? formatInstant(query.updatedAfter) : null,
    order: query.sort === 'startTime' ? 'oldest first' : 'newest first',
  };
}

/** A date alone begins with its UTC day. */
function startOf(end: LocalDate | Instant): Instant {
  return end instanceof Instant ? end : end.atStartOfDay().toInstant(ZoneOffset.UTC);
}

/** The first instant no longer meant: a date alone lasts to the end of its UTC day, an instant is itself included. */
function endOf(end: LocalDate | Instant): Instant {
  return end instanceof Instant ? end.plusMillis(1) : startOf(end.plusDays(1));
}
