import type { Instant, LocalDate, ZoneId } from '@js-joda/core';
import { textLimits } from '../../kernel/text.js';
import { ApiProperty, ApiPropertyOptional } from '../../platform/http/described.js';
import { PaginationDto } from '../../platform/http/documents.js';
import {
  AnswerMap,
  DateOrMomentParameter,
  DateParameter,
  Email,
  Emails,
  FlagParameter,
  Key,
  KeyParameter,
  Line,
  Lines,
  Moment,
  MomentParameter,
  TextParameter,
  TimeZone,
  TimeZoneParameter,
  WordParameter,
} from '../../platform/http/fields.js';
import { PageQuery } from '../../platform/http/page-query.js';
import type {
  BookingCalendarView,
  BookingContactView,
  BookingDetailView,
  BookingView,
  EmailLogView,
  PaymentView,
} from '../reads/booking-reads.js';
import type { EventTypeDetailView, EventTypeView, QuestionView } from '../reads/event-type-reads.js';
import { REASONS, type Reason } from '../domain/explanation.js';
import type { SlotText } from './slot-text.js';

const ID = '01980a4e-7b1c-7c3e-9d55-0f2b6a1c9e01';

// ---- requests -------------------------------------------------------------------------------------------------------

export class ListBookingsQuery extends PageQuery {
  @WordParameter(['CONFIRMED', 'CANCELLED', 'all'], { standard: 'all' })
  status?: 'CONFIRMED' | 'CANCELLED' | 'all';

  @DateOrMomentParameter({
    description: 'Meetings that start then or later; a date such as `2026-02-01` means its whole UTC day',
  })
  from?: LocalDate | Instant;

  @DateOrMomentParameter({
    description: 'Meetings that start then or earlier; a date such as `2026-02-28` means its whole UTC day',
  })
  to?: LocalDate | Instant;

  @KeyParameter({ description: 'Only bookings of this event type' })
  eventTypeId?: string;

  @KeyParameter({ description: 'Only bookings of this contact' })
  contactId?: string;

  @TextParameter({ max: textLimits.email, description: 'Only bookings by this e-mail address' })
  inviteeEmail?: string;

  @TextParameter({
    max: textLimits.search,
    description: "Every word is found in the invitee's name or e-mail",
  })
  search?: string;

  @MomentParameter({ description: 'Only bookings changed after this instant' })
  updatedAfter?: Instant;

  @WordParameter(['startTime', '-startTime'], {
    standard: '-startTime',
    description: 'Order by start: `startTime` oldest first, `-startTime` newest first',
  })
  sort?: 'startTime' | '-startTime';
}

export class CancelBookingBody {
  @Lines({
    max: textLimits.reason,
    optional: true,
    example: 'I am ill, please book another time.',
    description: 'Told to the invitee',
  })
  reason?: string | null;
}

export class CreateBookingBody {
  @Key({ example: ID, description: 'The event type to book' })
  eventTypeId!: string;

  @Line({ max: textLimits.name, example: 'Ada Lovelace' })
  inviteeName!: string;

  @Email({ example: 'ada@example.com' })
  inviteeEmail!: string;

  @TimeZone({ example: 'Europe/London', description: 'The IANA time zone in which the invitee reads times' })
  inviteeTimezone!: ZoneId;

  @Moment({ example: '2026-02-15T10:00:00.000Z', description: 'Where an offered slot starts' })
  startTime!: Instant;

  @Lines({
    max: textLimits.notes,
    optional: true,
    example: 'About the engine',
    description: 'What the invitee wants to say',
  })
  notes?: string | null;

  @Line({ max: textLimits.phone, optional: true, clearable: true, example: '+44 20 7946 0000' })
  phone?: string | null;

  @Emails({
    max: 20,
    optional: true,
    example: ['charles@example.com'],
    description: 'Who else is to be invited',
  })
  guests?: string[];

  @AnswerMap({
    optional: true,
    example: { topic: 'The engine' },
    description: "Answers to the event type's questions, keyed by the question's id",
  })
  answers?: Record<string, unknown>;

  @Key({ optional: true, clearable: true, description: 'Of a hold: the slot that is kept for this invitee' })
  holdToken?: string | null;
}

export class CreateHoldBody {
  @Key({ example: ID, description: 'The event type to book' })
  eventTypeId!: string;

  @Moment({ example: '2026-02-15T10:00:00.000Z', description: 'Where an offered slot starts' })
  startTime!: Instant;
}

export class AvailabilityQuery {
  @TimeZoneParameter({
    optional: false,
    example: 'America/New_York',
    description: 'An IANA time zone: days and times are told in it',
  })
  timezone!: ZoneId;

  @DateParameter({ description: 'The first day, such as `2026-02-15`; today if left out' })
  startDate?: LocalDate;

  @DateParameter({
    description: 'The last day, included; seven days after the first if left out',
  })
  endDate?: LocalDate;

  @FlagParameter({
    standard: false,
    description:
      'Whether `unavailable` is to tell of each time that is not offered why. It tells of at most 20,000 times: more are refused.',
  })
  explain?: boolean;
}

// ---- answers --------------------------------------------------------------------------------------------------------

export class BookedEventTypeDto {
  @ApiProperty({ example: ID })
  id!: string;

  @ApiProperty({ example: 'Intro call' })
  name!: string;

  @ApiProperty({ example: 'intro-call' })
  slug!: string;

  @ApiProperty({ type: 'integer', minimum: 1, maximum: 1440, example: 30 })
  durationMinutes!: number;
}

export class BookingContactDto implements BookingContactView {
  @ApiProperty({ example: ID })
  id!: string;

  @ApiProperty({ example: 'Ada Lovelace' })
  name!: string;

  @ApiProperty({ example: 'ada@example.com' })
  email!: string;

  @ApiProperty({ type: String, nullable: true, example: '+44 20 7946 0000' })
  phone!: string | null;

  @ApiProperty({ type: String, nullable: true, example: 'Analytical Engines Ltd' })
  company!: string | null;
}

export class EmailLogDto implements EmailLogView {
  @ApiProperty({ example: ID })
  id!: string;

  @ApiProperty({ example: 'BOOKING_CONFIRMATION' })
  type!: string;

  @ApiProperty({ example: 'ada@example.com' })
  recipient!: string;

  @ApiProperty({ example: 'Confirmed: Intro call' })
  subject!: string;

  @ApiProperty({ enum: ['QUEUED', 'SENT', 'FAILED'], enumName: 'EmailStatus', example: 'SENT' })
  status!: 'QUEUED' | 'SENT' | 'FAILED';

  @ApiProperty({
    type: String,
    nullable: true,
    example: null,
    description:
      'Why the last attempt failed, or why the booking did not follow what its owner did to its event in the calendar',
  })
  error!: string | null;

  @ApiProperty({ type: 'integer', minimum: 0, example: 1 })
  attempts!: number;

  @ApiProperty({ format: 'date-time', example: '2026-02-01T09:00:00.000Z' })
  createdAt!: string;

  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    example: '2026-02-01T09:00:02.000Z',
  })
  sentAt!: string | null;
}

export class PaymentDto implements PaymentView {
  @ApiProperty({ example: ID })
  id!: string;

  @ApiProperty({ example: 'stripe' })
  provider!: string;

  @ApiProperty({ type: 'integer', minimum: 0, description: "In the currency's minor units", example: 4900 })
  amount!: number;

  @ApiProperty({ description: 'ISO 4217', example: 'EUR' })
  currency!: string;

  @ApiProperty({ format: 'date-time', example: '2026-02-01T09:00:00.000Z' })
  paidAt!: string;
}

export class BookingDto implements BookingView {
  @ApiProperty({ example: ID })
  id!: string;

  @ApiProperty({
    enum: ['PENDING', 'CONFIRMED', 'CANCELLED'],
    enumName: 'BookingStatus',
    example: 'CONFIRMED',
  })
  status!: BookingView['status'];

  @ApiProperty({ format: 'date-time', example: '2026-02-15T10:00:00.000Z' })
  startTime!: string;

  @ApiProperty({ format: 'date-time', example: '2026-02-15T10:30:00.000Z' })
  endTime!: string;

  @ApiProperty({ example: 'Ada Lovelace' })
  inviteeName!: string;

  @ApiProperty({ example: 'ada@example.com' })
  inviteeEmail!: string;

  @ApiProperty({ example: 'Europe/London' })
  inviteeTimezone!: string;

  @ApiProperty({ type: String, nullable: true, example: '+44 20 7946 0000' })
  inviteePhone!: string | null;

  @ApiProperty({ type: [String], example: ['charles@example.com'] })
  guests!: string[];

  @ApiProperty({ type: String, nullable: true, example: 'About the engine' })
  notes!: string | null;

  @ApiProperty({ type: Object, additionalProperties: true, example: { topic: 'The engine' } })
  answers!: Record<string, unknown>;

  @ApiProperty({ type: String, nullable: true, example: 'https://meet.example.com/ada' })
  location!: string | null;

  @ApiProperty({ type: String, nullable: true, example: 'https://meet.example.com/ada' })
  meetingLink!: string | null;

  @ApiProperty({ type: String, nullable: true, example: null })
  cancelReason!: string | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, example: null })
  cancelledAt!: string | null;

  @ApiProperty({
    enum: ['HOST', 'INVITEE', 'SYSTEM'],
    enumName: 'CancelledBy',
    nullable: true,
    example: null,
  })
  cancelledBy!: BookingView['cancelledBy'];

  @ApiProperty({ type: 'integer', minimum: 0, description: 'How often the booking was moved', example: 0 })
  sequence!: number;

  @ApiProperty({
    type: PaymentDto,
    nullable: true,
    description: 'What was paid; null if nothing was',
    example: null,
  })
  payment!: PaymentDto | null;

  @ApiProperty({ type: BookedEventTypeDto, description: 'Name and duration as they were at booking time' })
  eventType!: BookedEventTypeDto;

  @ApiProperty({ type: BookingContactDto, nullable: true, description: 'null once the contact is deleted' })
  contact!: BookingContactDto | null;

  @ApiProperty({ format: 'date-time', example: '2026-02-01T09:00:00.000Z' })
  createdAt!: string;

  @ApiProperty({ format: 'date-time', example: '2026-02-01T09:00:00.000Z' })
  updatedAt!: string;
}

export class BookingCalendarDto implements BookingCalendarView {
  @ApiProperty({
    enum: ['MIRRORED', 'PENDING', 'FAILED'],
    enumName: 'BookingCalendarState',
    description:
      '`MIRRORED`: the calendar shows the booking as it is, a cancelled one not at all. `PENDING`: it will soon, or once its provider answers again. `FAILED`: it is refused, for the reason given, and tried again now and then.',
    example: 'MIRRORED',
  })
  state!: BookingCalendarView['state'];

  @ApiProperty({ type: String, nullable: true, example: null, description: 'Why the last attempt failed' })
  error!: string | null;

  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'When the calendar was last made to show it',
    example: '2026-02-01T09:00:02.000Z',
  })
  mirroredAt!: string | null;
}

export class BookingDetailDto extends BookingDto implements BookingDetailView {
  @ApiProperty({ type: [EmailLogDto], description: 'The e-mails of this booking, oldest first' })
  emailLogs!: EmailLogDto[];

  @ApiProperty({
    type: BookingCalendarDto,
    nullable: true,
    description:
      "How far the owner's calendar shows the booking, of several the one that does least; null if it is put into none",
  })
  calendar!: BookingCalendarDto | null;
}

export class BookingPageDto {
  @ApiProperty({ type: [BookingDto] })
  data!: BookingDto[];

  @ApiProperty({ type: PaginationDto })
  pagination!: PaginationDto;
}

export class NewBookingDto {
  @ApiProperty({ example: ID })
  id!: string;

  @ApiProperty({ example: ID, description: 'The same as `id`' })
  bookingId!: string;

  @ApiProperty({
    enum: ['PENDING', 'CONFIRMED', 'CANCELLED'],
    enumName: 'BookingStatus',
    example: 'CONFIRMED',
  })
  status!: BookingView['status'];

  @ApiProperty({ format: 'date-time', example: '2026-02-15T10:00:00.000Z' })
  startTime!: string;

  @ApiProperty({ format: 'date-time', example: '2026-02-15T10:30:00.000Z' })
  endTime!: string;

  @ApiProperty({ type: BookedEventTypeDto })
  eventType!: BookedEventTypeDto;

  @ApiProperty({ example: 'Ada Lovelace' })
  inviteeName!: string;

  @ApiProperty({ example: 'ada@example.com' })
  inviteeEmail!: string;

  @ApiProperty({ example: 'Europe/London' })
  inviteeTimezone!: string;

  @ApiProperty({ type: String, nullable: true, example: 'https://meet.example.com/ada' })
  location!: string | null;

  @ApiProperty({ type: String, nullable: true, example: 'https://meet.example.com/ada' })
  meetingLink!: string | null;

  @ApiProperty({
    format: 'uri',
    example: `https://linktime.example.com/bookings/${ID}/cancel?token=pTr3n7kQ`,
    description: "The invitee's own link to cancel",
  })
  cancelUrl!: string;

  @ApiProperty({
    format: 'uri',
    example: `https://linktime.example.com/bookings/${ID}/reschedule?token=pTr3n7kQ`,
    description: "The invitee's own link to choose another time",
  })
  rescheduleUrl!: string;
}

export class HoldDto {
  @ApiProperty({
    description: 'What the booking carries as `holdToken`',
    example: 'q7Qb1XzWc0m2yQm7s2kq0aT0yY3sV5nJ8hE4dR6uL1o',
  })
  token!: string;

  @ApiProperty({ format: 'date-time', example: '2026-02-01T09:10:00.000Z' })
  expiresAt!: string;

  @ApiProperty({ format: 'date-time', example: '2026-02-15T10:00:00.000Z' })
  startTime!: string;

  @ApiProperty({ format: 'date-time', example: '2026-02-15T10:30:00.000Z' })
  endTime!: string;

  @ApiProperty({ type: BookedEventTypeDto })
  eventType!: BookedEventTypeDto;
}

export class EventTypeDto implements EventTypeView {
  @ApiProperty({ example: ID })
  id!: string;

  @ApiProperty({ example: 'Intro call' })
  name!: string;

  @ApiProperty({ example: 'intro-call' })
  slug!: string;

  @ApiProperty({ type: String, nullable: true, example: 'Half an hour to get to know each other' })
  description!: string | null;

  @ApiProperty({ type: 'integer', minimum: 1, maximum: 1440, example: 30 })
  durationMinutes!: number;

  @ApiProperty({ type: String, nullable: true, example: 'https://meet.example.com/ada' })
  location!: string | null;

  @ApiProperty({
    type: 'integer',
    nullable: true,
    description: "In the currency's minor units",
    example: null,
  })
  price!: number | null;

  @ApiProperty({ type: String, nullable: true, description: 'ISO 4217', example: null })
  currency!: string | null;

  @ApiProperty({ example: true })
  isActive!: boolean;

  @ApiProperty({ format: 'date-time', example: '2026-02-01T09:00:00.000Z' })
  createdAt!: string;

  @ApiProperty({ format: 'date-time', example: '2026-02-01T09:00:00.000Z' })
  updatedAt!: string;
}

export class EventTypePageDto {
  @ApiProperty({ type: [EventTypeDto] })
  data!: EventTypeDto[];

  @ApiProperty({ type: PaginationDto })
  pagination!: PaginationDto;
}

export class WeeklyOpeningDto {
  @ApiProperty({
    enum: ['MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY', 'SATURDAY', 'SUNDAY'],
    enumName: 'DayOfWeek',
    example: 'MONDAY',
  })
  day!: string;

  @ApiProperty({ example: '09:00' })
  start!: string;

  @ApiProperty({ example: '17:00', description: '`24:00` ends a day' })
  end!: string;
}

export class OpeningDto {
  @ApiProperty({ example: '10:00' })
  start!: string;

  @ApiProperty({ example: '12:00' })
  end!: string;
}

export class DateOverrideDto {
  @ApiProperty({ format: 'date', example: '2026-12-25' })
  date!: string;

  @ApiProperty({
    type: [OpeningDto],
    description: 'What the day has instead of its weekly hours; empty closes it',
  })
  intervals!: OpeningDto[];
}

export class QuestionDto implements QuestionView {
  @ApiProperty({ example: 'topic' })
  id!: string;

  @ApiProperty({ example: 'What would you like to talk about?' })
  label!: string;

  @ApiProperty({
    enum: ['text', 'textarea', 'select', 'multiselect', 'checkbox', 'number', 'phone'],
    enumName: 'QuestionType',
    example: 'text',
  })
  type!: string;

  @ApiProperty({ example: false })
  required!: boolean;

  @ApiProperty({ type: [String], example: [] })
  options!: string[];
}

export class EventTypeDetailDto extends EventTypeDto implements EventTypeDetailView {
  @ApiProperty({ type: 'integer', minimum: 0, maximum: 1440, example: 5 })
  bufferBefore!: number;

  @ApiProperty({ type: 'integer', minimum: 0, maximum: 1440, example: 10 })
  bufferAfter!: number;

  @ApiProperty({ type: 'integer', minimum: 0, example: 120 })
  minimumNoticeMinutes!: number;

  @ApiProperty({ type: 'integer', minimum: 1, maximum: 730, example: 60 })
  bookingWindowDays!: number;

  @ApiProperty({ type: 'integer', minimum: 1, maximum: 1440, example: 30 })
  slotIntervalMinutes!: number;

  @ApiProperty({ type: 'integer', minimum: 1, nullable: true, example: null })
  dailyLimit!: number | null;

  @ApiProperty({ type: 'integer', minimum: 1, nullable: true, example: null })
  weeklyLimit!: number | null;

  @ApiProperty({ example: 'Europe/London', description: 'The zone of the hours below' })
  timezone!: string;

  @ApiProperty({ type: [WeeklyOpeningDto] })
  availability!: WeeklyOpeningDto[];

  @ApiProperty({ type: [DateOverrideDto] })
  overrides!: DateOverrideDto[];

  @ApiProperty({ type: [QuestionDto] })
  questions!: QuestionDto[];
}

export class SlotDto implements SlotText {
  @ApiProperty({ format: 'date', example: '2026-02-15', description: 'In the time zone asked for' })
  date!: string;

  @ApiProperty({ example: '10:00', description: 'In the time zone asked for' })
  time!: string;

  @ApiProperty({ format: 'date-time', example: '2026-02-15T15:00:00.000Z' })
  startTime!: string;

  @ApiProperty({ format: 'date-time', example: '2026-02-15T15:30:00.000Z' })
  endTime!: string;
}

export class UnavailableTimeDto extends SlotDto {
  @ApiProperty({
    enum: REASONS,
    enumName: 'UnavailableReason',
    example: 'booking',
    description: `Of several reasons the first of these.
- \`outside_hours\`: no opening has room for the meeting then
- \`override\`: the weekly hours would offer it, what this date has instead does not
- \`notice\`: sooner than the minimum notice, or past
- \`window\`: beyond the booking window
- \`booking\`: the meeting would overlap a booked one
- \`busy\`: the meeting would overlap busy time of a calendar
- \`hold\`: the meeting would overlap a slot held for another invitee
- \`buffer\`: only a buffer stands in the way, of this meeting or of a booked one
- \`limit\`: the day or the week has as many bookings as the event type allows`,
  })
  reason!: Reason;

  @ApiPropertyOptional({
    example: ID,
    description: "The owner's booking that is the cause, where one is: the earliest, if there are several",
  })
  bookingId?: string;
}

export class AvailabilityDto {
  @ApiProperty({ type: [SlotDto] })
  data!: SlotDto[];

  @ApiPropertyOptional({
    type: [UnavailableTimeDto],
    example: [
      {
        date: '2026-02-15',
        time: '10:30',
        startTime: '2026-02-15T15:30:00.000Z',
        endTime: '2026-02-15T16:00:00.000Z',
        reason: 'booking',
        bookingId: ID,
      },
    ],
    description:
      "Only with `explain=true`: why each other time is not offered, soonest first. Times are the grids of the openings, of weekly hours and overrides alike, and outside the openings the steps of the slot interval since the schedule's day began.",
  })
  unavailable?: UnavailableTimeDto[];

  @ApiProperty({ type: BookedEventTypeDto })
  eventType!: BookedEventTypeDto;

  @ApiProperty({ example: 'America/New_York' })
  timezone!: string;
}
