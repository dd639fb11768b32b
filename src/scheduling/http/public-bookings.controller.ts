import { Body, Controller, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { bookingLinks } from '../../kernel/booking-links.js';
import { formatInstant } from '../../kernel/instant-text.js';
import { AccessBy } from '../../platform/http/access.js';
import { BaseUrl } from '../../platform/http/base-url.js';
import { ApiTags } from '../../platform/http/described.js';
import { Operation } from '../../platform/http/documents.js';
import { IdempotentAnswers } from '../../platform/http/idempotent-answers.js';
import type { Booking } from '../domain/booking.js';
import { BookSlot } from '../use-cases/book-slot.js';
import { CreateBookingBody, NewBookingDto } from './dto.js';

@ApiTags('Public booking')
@Controller('api/bookings')
export class PublicBookingsController {
  constructor(
    private readonly bookSlot: BookSlot,
    private readonly answers: IdempotentAnswers,
    private readonly baseUrl: BaseUrl,
  ) {}

  @Post()
  @AccessBy('public booking')
  @Operation({
    id: 'createBooking',
    summary: 'Book a slot',
    description: 'Public: no key. Every slot that is offered can be booked, and nothing else can.',
    status: 201,
    answer: NewBookingDto,
    answerDescription: 'The booking',
    takesIdempotencyKey: true,
    refusals: [400, 404, 409],
  })
  create(
    @Body() body: CreateBookingBody,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<NewBookingDto> {
    return this.answers.once('public', request, reply, async () =>
      this.newBooking(
        await this.bookSlot.execute({
          eventTypeId: body.eventTypeId,
          start: body.startTime,
          inviteeName: body.inviteeName,
          inviteeEmail: body.inviteeEmail,
          inviteeTimezone: body.inviteeTimezone,
          phone: body.phone ?? null,
          guests: body.guests ?? [],
          notes: body.notes ?? null,
          answers: body.answers,
          holdToken: body.holdToken ?? null,
        }),
      ),
    );
  }

  private newBooking(booking: Booking): NewBookingDto {
    const { id, time, eventType, invitee, location, meetingLink, inviteeToken } = booking.state;
    const links = bookingLinks(this.baseUrl.value, id, inviteeToken);
    return {
      id,
      bookingId: id,
      status: booking.status,
      startTime: formatInstant(time.start),
      endTime: formatInstant(time.end),
      eventType,
      inviteeName: invitee.name,
      inviteeEmail: invitee.email,
      inviteeTimezone: invitee.timezone,
      location,
      meetingLink,
      cancelUrl: links.cancel,
      rescheduleUrl: links.reschedule,
    };
  }
}
