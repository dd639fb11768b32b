import { textLimits } from '../../kernel/text.js';
import { ApiProperty } from '../../platform/http/described.js';
import { PaginationDto } from '../../platform/http/documents.js';
import { Email, Line, Lines, TextParameter } from '../../platform/http/fields.js';
import { PageQuery } from '../../platform/http/page-query.js';
import type { ContactDetailView, ContactView, MeetingView } from '../reads/contact-reads.js';

const ID = '01980a4e-7b1c-7c3e-9d55-0f2b6a1c9e01';

// ---- requests -------------------------------------------------------------------------------------------------------

export class ListContactsQuery extends PageQuery {
  @TextParameter({
    max: textLimits.search,
    description: 'Every word is found somewhere in name, e-mail or company, whatever the case and accents',
  })
  search?: string;
}

export class CreateContactBody {
  @Line({ max: textLimits.name, example: 'Ada Lovelace' })
  name!: string;

  @Email({ example: 'ada@example.com' })
  email!: string;

  @Line({ max: textLimits.phone, optional: true, clearable: true, example: '+44 20 7946 0000' })
  phone?: string | null;

  @Line({ max: textLimits.company, optional: true, clearable: true, example: 'Analytical Engines Ltd' })
  company?: string | null;

  @Lines({ max: textLimits.notes, optional: true, example: 'Met at the exhibition' })
  notes?: string | null;
}

export class UpdateContactBody {
  @Line({ max: textLimits.name, optional: true, example: 'Ada King' })
  name?: string;

  @Email({ optional: true, example: 'ada.king@example.com' })
  email?: string;

  @Line({ max: textLimits.phone, optional: true, clearable: true, example: '+44 20 7946 0001' })
  phone?: string | null;

  @Line({ max: textLimits.company, optional: true, clearable: true, example: 'Analytical Engines Ltd' })
  company?: string | null;

  @Lines({ max: textLimits.notes, optional: true, example: 'Countess since 1838' })
  notes?: string | null;
}

// ---- answers --------------------------------------------------------------------------------------------------------

export class ContactDto implements ContactView {
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

  @ApiProperty({ type: String, nullable: true, example: 'Met at the exhibition' })
  notes!: string | null;

  @ApiProperty({
    enum: ['API', 'BOOKING', 'DASHBOARD', 'IMPORT'],
    enumName: 'ContactSource',
    example: 'API',
    enumSchema: { description: 'How a contact came to be known' },
  })
  source!: ContactView['source'];

  @ApiProperty({
    type: 'integer',
    minimum: 0,
    description: 'Confirmed bookings, past and to come',
    example: 1,
  })
  meetingCount!: number;

  @ApiProperty({ format: 'date-time', example: '2026-02-01T09:00:00.000Z' })
  createdAt!: string;

  @ApiProperty({ format: 'date-time', example: '2026-02-01T09:00:00.000Z' })
  updatedAt!: string;
}

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

export class ContactMeetingDto implements MeetingView {
  @ApiProperty({ example: ID })
  id!: string;

  @ApiProperty({ format: 'date-time', example: '2026-02-15T10:00:00.000Z' })
  startTime!: string;

  @ApiProperty({ format: 'date-time', example: '2026-02-15T10:30:00.000Z' })
  endTime!: string;

  @ApiProperty({
    enum: ['PENDING', 'CONFIRMED', 'CANCELLED'],
    enumName: 'BookingStatus',
    example: 'CONFIRMED',
  })
  status!: MeetingView['status'];

  @ApiProperty({ example: 'Ada Lovelace' })
  inviteeName!: string;

  @ApiProperty({ type: BookedEventTypeDto })
  eventType!: BookedEventTypeDto;
}

export class ContactDetailDto extends ContactDto implements ContactDetailView {
  @ApiProperty({ type: [ContactMeetingDto], description: 'Not yet over, soonest first; at most 100' })
  upcomingMeetings!: ContactMeetingDto[];

  @ApiProperty({ type: [ContactMeetingDto], description: 'Over, latest first; at most 100', example: [] })
  pastMeetings!: ContactMeetingDto[];
}

export class ContactPageDto {
  @ApiProperty({ type: [ContactDto] })
  data!: ContactDto[];

  @ApiProperty({ type: PaginationDto })
  pagination!: PaginationDto;
}
