import { ApiProperty } from '../../platform/http/described.js';
import { KeyParameter, WholeParameter } from '../../platform/http/fields.js';

export const USUAL_LIMIT = 20;

export class ListEventsQuery {
  @KeyParameter({
    description:
      'The id of the event after which to begin: the `nextAfter` of the page before. From the oldest event if left out.',
  })
  after?: string;

  @WholeParameter({ max: 100, standard: USUAL_LIMIT, description: 'Events a page' })
  limit?: number;
}

/** What is sent is the kept text of each event, to the byte; this is what it says. */
export class EventPageDto {
  @ApiProperty({
    type: 'array',
    items: { $ref: '#/components/schemas/Event' },
    description: 'The oldest first',
  })
  data!: unknown[];

  @ApiProperty({ description: 'Whether there are more events already', example: false })
  hasMore!: boolean;

  @ApiProperty({
    type: String,
    nullable: true,
    description:
      'What to send as `after` the next time, also when this page is empty; null if nothing has happened so far',
    example: 'evt_00000000-0000-7000-8000-000000000100',
  })
  nextAfter!: string | null;
}
