import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Page } from '../../src/kernel/page.js';
import type { BookingDetailView, BookingView } from '../../src/scheduling/reads/booking-reads.js';
import { book, inDays, tryToBook } from '../support/bookings.js';
import type { Client } from '../support/client.js';
import { Installation } from '../support/installation.js';
import type { Offer, Owner } from '../support/owners.js';
import { runCli, type Answer } from '../support/server.js';

const MINUTE = 60_000;
const unknown = '01980a4e-7b1c-7c3e-9d55-0f2b6a1c9e01';

describe('bookings on the command line', () => {
  let linktime: Installation;
  let anyone: Client;
  let owner: Owner;
  let offer: Offer;
  beforeAll(async () => {
    linktime = await Installation.production();
    anyone = await linktime.startClient();
    owner = await linktime.owners.add();
    offer = await linktime.owners.offer(owner);
  });
  afterAll(() => linktime.close());

  const cli = (...args: string[]): Promise<Answer> => runCli(['bookings', ...args], linktime.settings);
  const json = async (...args: string[]): Promise<BookingDetailView> => {
    const { code, stdout, stderr } = await cli(...args, '--json');
    if (code !== 0) throw new Error(`${args.join(' ')} → ${code}: ${stderr}`);
    return JSON.parse(stdout) as BookingDetailView;
  };
  const detail = async (id: string) =>
    (await anyone.as(owner).get<BookingDetailView>(`/api/v1/bookings/${id}`)).body;
  const events = (id: string) =>
    linktime
      .query<{ name: string }>('select name from outbox where subject_id = $1 order by position', [id])
      .then((rows) => rows.map(({ name }) => name));

  it(
    'move to another slot that is offered: same booking, one move more, and the old time is free',
    async () => {
      const { id } = await book(anyone, offer, inDays(10, '10:00'));

      const moved = await json('reschedule', id, '--start', inDays(11, '12:30'));
      expect(moved).toMatchObject({
        id,
        status: 'CONFIRMED',
        sequence: 1,
        startTime: inDays(11, '12:30'),
        endTime: inDays(11, '13:00'),
        emailLogs: expect.any(Array),
      });
      expect(await detail(id)).toMatchObject({ sequence: 1, startTime: inDays(11, '12:30') });
      expect(await events(id)).toEqual(['booking.created', 'booking.rescheduled']);
      expect((await tryToBook(anyone, offer, inDays(11, '12:30'))).status).toBe(409);
      expect((await tryToBook(anyone, offer, inDays(10, '10:00'))).status).toBe(201);
    },
    MINUTE,
  );

  it(
    'stay where they are if the slot is taken or never was on offer',
    async () => {
      const { id } = await book(anyone, offer, inDays(12, '10:00'));
      await book(anyone, offer, inDays(12, '11:00'));

      const taken = await cli('reschedule', id, '--start', inDays(12, '11:00'), '--json');
      expect(taken).toEqual({ code: 1, stdout: '', stderr: 'This time slot is no longer available.\n' });
      const offGrid = await cli('reschedule', id, '--start', inDays(12, '11:10'), '--json');
      expect(offGrid).toMatchObject({ code: 1, stdout: '' });
      expect(offGrid.stderr).toBe('Invalid data (startTime: This time is not offered for booking).\n');
      expect(await detail(id)).toMatchObject({ sequence: 0, startTime: inDays(12, '10:00') });
    },
    MINUTE,
  );

  it(
    'are called off by their host, once',
    async () => {
      const { id } = await book(anyone, offer, inDays(13, '10:00'));

      expect(await json('cancel', id, '--reason', ' I am ill ')).toMatchObject({
        id,
        status: 'CANCELLED',
        cancelReason: 'I am ill',
        cancelledBy: 'HOST',
      });
      expect(await events(id)).toEqual(['booking.created', 'booking.cancelled']);
      expect(await cli('cancel', id)).toMatchObject({
        code: 1,
        stdout: '',
        stderr: 'Booking is already cancelled.\n',
      });
      const { body } = await anyone
        .as(owner)
        .get<Page<BookingView>>('/api/v1/bookings', { status: 'CANCELLED' });
      expect(body.data.map((booking) => booking.id)).toContain(id);
    },
    MINUTE,
  );

  it(
    'are shown to people as a sheet, and unknown ones are told so',
    async () => {
      const { id } = await book(anyone, offer, inDays(14, '10:00'));
      const { stdout } = await cli('cancel', id);
      expect(stdout).toMatch(/^id: +/);
      expect(stdout).toMatch(/^cancelReason: +-$/m);

      for (const nowhere of [unknown, 'nonsense']) {
        expect(await cli('cancel', nowhere)).toMatchObject({ code: 1, stderr: 'Booking not found.\n' });
        expect(await cli('reschedule', nowhere, '--start', inDays(14, '10:00'))).toMatchObject({
          code: 1,
          stderr: 'Booking not found.\n',
        });
      }
    },
    MINUTE,
  );
});
