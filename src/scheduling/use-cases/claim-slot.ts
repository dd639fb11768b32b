import type { Instant } from '@js-joda/core';
import { EventTypeNotFound, SlotNotOffered, SlotTaken } from '../domain/errors.js';
import { judge } from '../domain/slots.js';
import type { Agendas, HostAgenda, Own } from '../ports.js';

/** A wish for one slot, with the agenda of its host locked until the unit of work ends. */
export interface Wish {
  readonly eventTypeId: string;
  readonly start: Instant;
  readonly at: Instant;
  /** What of the one who wishes does not stand in his way. */
  readonly own?: Own;
}

/** Throws `EventTypeNotFound` for one that is unknown or inactive. */
export async function lockAgenda(
  agendas: Agendas,
  { eventTypeId, start, at, own }: Wish,
): Promise<HostAgenda> {
  const wish = start.toEpochMilli();
  const agenda = await agendas.lock(eventTypeId, { from: wish, to: wish + 1 }, at, own);
  if (!agenda) throw new EventTypeNotFound();
  return agenda;
}

/** Throws `SlotNotOffered` or `SlotTaken` unless the slot is free. */
export function claimSlot({ eventType, occupancy }: HostAgenda, { start, at }: Wish): void {
  const verdict = judge(eventType.rules, occupancy, start.toEpochMilli(), at.toEpochMilli());
  if (verdict === 'not offered') throw new SlotNotOffered();
  if (verdict === 'taken') throw new SlotTaken();
}
