import { Instant } from '@js-joda/core';
import type { BookingEventData, DomainEvent } from '../../kernel/domain-event.js';
import type { WebhookEventName } from './webhook-endpoint.js';
import type { PayloadHost } from './webhook-payload.js';

const at = (text: string) => Instant.parse(text);
const sampleId = (number: number) => `00000000-0000-7000-8000-${String(number).padStart(12, '0')}`;

/** Ids of all examples begin with zeros: nobody's own look like that. */
export const sampleHost: PayloadHost = {
  id: sampleId(1),
  name: 'Grace Hopper',
  email: 'grace@example.com',
  timezone: 'America/New_York',
};

const booking: BookingEventData = {
  id: sampleId(2),
  status: 'CONFIRMED',
  sequence: 0,
  eventType: { id: sampleId(3), name: 'Intro call', slug: 'intro-call', durationMinutes: 30 },
  startTime: '2026-02-16T15:00:00.000Z',
  endTime: '2026-02-16T15:30:00.000Z',
  invitee: {
    name: 'Ada Lovelace',
    email: 'ada@example.com',
    timezone: 'Europe/London',
    phone: '+44 20 7946 0000',
    guests: ['charles@example.com'],
  },
  contactId: sampleId(4),
  location: 'https://meet.example.com/grace',
  meetingLink: 'https://meet.example.com/grace',
  notes: 'I would like to hear about compilers.',
  answers: { company: 'Analytical Engines' },
  price: { amount: 5_000, currency: 'EUR' },
  createdAt: '2026-02-10T09:30:00.000Z',
  updatedAt: '2026-02-10T09:30:00.000Z',
};

/** One event of each kind as it could have happened: what test events send and the reference shows. */
export const sampleEvents: { readonly [Name in WebhookEventName]: DomainEvent & { readonly name: Name } } = {
  'booking.created': {
    name: 'booking.created',
    ownerId: sampleHost.id,
    subjectId: booking.id,
    occurredAt: at(booking.createdAt),
    data: booking,
  },
  'booking.rescheduled': {
    name: 'booking.rescheduled',
    ownerId: sampleHost.id,
    subjectId: booking.id,
    occurredAt: at('2026-02-11T08:00:00.000Z'),
    data: {
      ...booking,
      sequence: 1,
      startTime: '2026-02-17T16:00:00.000Z',
      endTime: '2026-02-17T16:30:00.000Z',
      updatedAt: '2026-02-11T08:00:00.000Z',
      previousStartTime: booking.startTime,
      previousEndTime: booking.endTime,
    },
  },
  'booking.cancelled': {
    name: 'booking.cancelled',
    ownerId: sampleHost.id,
    subjectId: booking.id,
    occurredAt: at('2026-02-12T17:45:00.000Z'),
    data: {
      ...booking,
      status: 'CANCELLED',
      updatedAt: '2026-02-12T17:45:00.000Z',
      cancelReason: 'Something has come up',
      cancelledAt: '2026-02-12T17:45:00.000Z',
      cancelledBy: 'INVITEE',
    },
  },
  'payment.received': {
    name: 'payment.received',
    ownerId: sampleHost.id,
    subjectId: booking.id,
    occurredAt: at('2026-02-10T09:31:00.000Z'),
    data: {
      payment: {
        id: sampleId(5),
        provider: 'stripe',
        amount: 5_000,
        currency: 'EUR',
        paidAt: '2026-02-10T09:31:00.000Z',
      },
      booking,
    },
  },
  'contact.created': {
    name: 'contact.created',
    ownerId: sampleHost.id,
    subjectId: sampleId(4),
    occurredAt: at('2026-02-10T09:30:00.000Z'),
    data: {
      id: sampleId(4),
      name: 'Ada Lovelace',
      email: 'ada@example.com',
      phone: '+44 20 7946 0000',
      company: 'Analytical Engines',
      notes: null,
      source: 'BOOKING',
      createdAt: '2026-02-10T09:30:00.000Z',
      updatedAt: '2026-02-10T09:30:00.000Z',
    },
  },
};
