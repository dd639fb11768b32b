import { Injectable, type ArgumentMetadata, type PipeTransform } from '@nestjs/common';
import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import { InvalidData } from '../../kernel/domain-error.js';
import { Refusal } from './answers.js';
import { Fault } from './fields.js';

/** Bodies and queries as their DTO classes read them; all faults are told at once, one sentence a field. */
@Injectable()
export class DataPipe implements PipeTransform {
  transform(sent: unknown, { type, metatype }: ArgumentMetadata): unknown {
    if (!metatype || metatype === Object || (type !== 'body' && type !== 'query')) return sent;
    const fields = sent === undefined ? {} : sent;
    if (typeof fields !== 'object' || fields === null || Array.isArray(fields)) {
      throw Refusal.of(400, 'Request body must be a JSON object');
    }

    const data = plainToInstance(metatype as new () => object, fields, { excludeExtraneousValues: true });
    const details: Record<string, string> = {};
    for (const { property, value } of validateSync(data, { forbidUnknownValues: false })) {
      const fault = value as Fault;
      details[fault.at === null ? property : `${property}.${fault.at}`] = fault.sentence;
    }
    if (Object.keys(details).length > 0) throw new InvalidData(details);
    return data;
  }
}
