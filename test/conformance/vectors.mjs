// A vector: with these event types and bookings, just these slots are offered.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { expectStatus, Fault } from './api.mjs';

export async function readVectors(folder) {
  const files = (await readdir(folder)).filter((file) => file.endsWith('.json'));
  const read = async (file) => JSON.parse(await readFile(join(folder, file), 'utf8'));
  return Promise.all(files.sort().map(read));
}

/** Why a vector says nothing now: its days are past, or too far ahead to be booked; null if it does. */
export function staleness({ validFrom, validUntil }, now = new Date().toISOString()) {
  if (now >= validUntil) return `it expired at ${validUntil}; make-vectors.mjs makes new ones`;
  return now < validFrom ? `it can be booked from ${validFrom} on` : null;
}

/** Throws a `Fault` unless what is offered is what is expected. Leaves no booking behind. */
export async function checkVector(api, ids, { bookings, asked, expected }) {
  const booked = [];
  try {
    for (const { slug, startTime } of bookings) {
      const { status, body } = await api.book(ids.get(slug), startTime);
      expectStatus(`Booking ${slug} at ${startTime}`, status, 201, body);
      booked.push(body.id);
    }
    const offered = (await api.offered(asked)).map(({ date, time, startTime, endTime }) => ({
      date,
      time,
      startTime,
      endTime,
    }));
    if (!isDeepStrictEqual(offered, expected)) throw new Fault(differences(offered, expected));
  } finally {
    for (const id of booked) await api.cancel(id);
  }
}

function differences(offered, expected) {
  const told = (slots) =>
    new Set(slots.map(({ date, time, startTime, endTime }) => `${date} ${time} ${startTime}/${endTime}`));
  const [here, there] = [told(offered), told(expected)];
  const missing = [...there].filter((slot) => !here.has(slot));
  const surplus = [...here].filter((slot) => !there.has(slot));
  const lines = [
    ...missing.map((slot) => `not offered: ${slot}`),
    ...surplus.map((slot) => `offered wrongly: ${slot}`),
  ];
  return lines.length === 0 ? 'the slots are not in order, or some come twice' : lines.join('\n    ');
}
