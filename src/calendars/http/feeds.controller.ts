import { Controller, Get, Header, Headers, Param, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AccessBy } from '../../platform/http/access.js';
import { ApiExcludeController } from '../../platform/http/described.js';
import { entityTagOf, isKnown } from '../../platform/http/entity-tag.js';
import { FeedNotFound } from '../domain/errors.js';
import { FeedReads } from '../reads/feed-reads.js';
import { OpenFeed, type OpenedFeed } from '../use-cases/open-feed.js';

/** Owners' bookings for calendars that subscribe to them. The address is the key, so no part of it is logged or documented. */
@ApiExcludeController()
@Controller('calendars/feeds')
export class FeedsController {
  constructor(
    private readonly openFeed: OpenFeed,
    private readonly feeds: FeedReads,
  ) {}

  @Get(':file')
  @AccessBy('secret address')
  @Header('X-Robots-Tag', 'noindex')
  @Header('Cache-Control', 'private, no-cache')
  async show(
    @Param('file') file: string,
    @Headers('if-none-match') ifNoneMatch: string | undefined,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string | undefined> {
    const { ownerId, stretch } = await this.opened(file, request);
    const { feedText } = await import('./feed-text.js');
    const text = await feedText(await this.feeds.feed(ownerId, stretch));
    const entityTag = entityTagOf(text);
    reply.header('ETag', entityTag);
    if (isKnown(entityTag, ifNoneMatch)) {
      reply.code(304);
      return undefined;
    }
    reply
      .type('text/calendar; charset=utf-8')
      .header('Content-Disposition', 'inline; filename="bookings.ics"');
    return text;
  }

  private async opened(file: string, request: FastifyRequest): Promise<OpenedFeed> {
    try {
      return await this.openFeed.execute({ file });
    } catch (error) {
      if (error instanceof FeedNotFound) await request.countWrongGuess?.();
      throw error;
    }
  }
}
