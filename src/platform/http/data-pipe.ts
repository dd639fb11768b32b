import { Injectable, type ArgumentMetadata, type PipeTransform } from '@nestjs/common';
import { Refusal } from './answers.js';
import { readFields } from './fields.js';

/** Bodies and queries as their DTO classes read them. */
@Injectable()
export class DataPipe implements PipeTransform {
  transform(sent: unknown, { type, metatype }: ArgumentMetadata): unknown {
    if (!metatype || metatype === Object || (type !== 'body' && type !== 'query')) return sent;
    const fields = sent === undefined ? {} : sent;
    if (typeof fields !== 'object' || fields === null || Array.isArray(fields)) {
      throw Refusal.of(400, 'Request body must be a JSON object');
    }
    return readFields(metatype as new () => object, fields as Record<string, unknown>);
  }
}
