import { RandomIds } from '../../src/kernel/ids.js';
import { scheduleContract } from '../contracts/schedule.contract.js';
import { InMemorySchedule } from './in-memory-schedule.js';
import { InMemoryUnitOfWork } from './in-memory-unit-of-work.js';

scheduleContract('in memory', async () => {
  const schedule = new InMemorySchedule();
  const { bookings, eventTypes, agendas, holds } = schedule;
  return {
    bookings,
    eventTypes,
    agendas,
    holds,
    unitOfWork: new InMemoryUnitOfWork(schedule),
    addBusyTime: async (ownerId, time) => schedule.keepBusy(ownerId, time),
    makeStale: async (ownerId) => schedule.makeStale(ownerId),
    addOwner: async () => new RandomIds().next(),
    eventsOf: async (bookingId) =>
      schedule.events
        .filter(({ subjectId }) => subjectId === bookingId)
        .map(({ name, data }) => ({ name, data })),
    close: async () => undefined,
  };
});
