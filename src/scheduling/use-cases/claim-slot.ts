import type { Instant } from '@js-joda/core';
import { EventTypeNotFound, SlotNotOffered, SlotTaken } from '../domain/errors.js';
import { judge, type SlotRange } from '../domain/slots.js';
import type { Agendas, HostAgenda, Own } from '../ports.js';

/** A wish for one slot. */
export interface Wish {
  readonly eventTypeId: string;
  readonly start: Instant;
  readonly at: Instant;
  /** What of the one who wishes does not stand in his way. */
  readonly own?: Own;
}

/** The agenda of its host, locked until the unit of work ends. Throws `EventTypeNotFound` for one that is unknown or inactive. */
export async function lockAgenda(
  agendas: Agendas,
  { eventTypeId, start, at, own }: Wish,
): Promise<HostAgenda> {
  const agenda = await agendas.lock(eventTypeId, rangeOf(start), at, own);
  if (!agenda) throw new EventTypeNotFound();
  return agenda;
}

/** The same without a lock, and with nothing left out of account. */
export async function seeAgenda(agendas: Agendas, { eventTypeId, start, at }: Wish): Promise<HostAgenda> {
  const agenda = await agendas.see(eventTypeId, rangeOf(start), at);
  if (!agenda) throw new EventTypeNotFound();
  return agenda;
}

function rangeOf(start: Instant): SlotRange {
  const from = start.toEpochMilli();
  return { from, to: from + 1 };
}

/** Throws `SlotNotOffered` or `SlotTaken` unless the slot is free. */
export function claimSlot({ eventType, occupancy }: HostAgenda, { start, at }: Wish): void {
  const verdict = judge(eventType.rules, occupancy, start.toEpochMilli(), at.toEpochMilli());
  if (verdict === 'not offered') throw new SlotNotOffered();
  if (verdict === 'taken') throw new SlotTaken();
}
