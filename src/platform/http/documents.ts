import { applyDecorators, type Type } from '@nestjs/common';
import type { Pagination } from '../../kernel/page.js';
import { ApiExtension, ApiOperation, ApiProperty, ApiResponse } from './described.js';

/** The extension under which a route keeps what it says beside OpenAPI's own words, until the document is finished. */
export const REMARKS = 'x-remarks';

export interface Remarks {
  readonly refusals: readonly (400 | 404 | 409)[];
  readonly answerExample: Readonly<Record<string, unknown>>;
  readonly takesIdempotencyKey: boolean;
}

interface OperationOptions {
  /** The operation's name in generated clients. */
  readonly id: string;
  readonly summary: string;
  readonly description?: string;
  readonly status: 200 | 201;
  readonly answer: Type;
  readonly answerDescription: string;
  /** Where the example of this answer differs from what its class shows. */
  readonly answerExample?: Remarks['answerExample'];
  /** The same request may be sent again under an `Idempotency-Key`: the route asks `IdempotentAnswers`. */
  readonly takesIdempotencyKey?: boolean;
  /** The refusals of this route beside those of all routes of its kind. */
  readonly refusals?: Remarks['refusals'];
  /** Headers of this answer beside those of all answers. */
  readonly headers?: Record<
    string,
    { readonly description: string; readonly example: string; readonly isOptional?: boolean }
  >;
}

/** How the OpenAPI document shows a route. */
export function Operation(options: OperationOptions): MethodDecorator {
  const remarks: Remarks = {
    refusals: options.refusals ?? [],
    answerExample: options.answerExample ?? {},
    takesIdempotencyKey: options.takesIdempotencyKey ?? false,
  };
  const headers = Object.fromEntries(
    Object.entries(options.headers ?? {}).map(([name, { description, example, isOptional = false }]) => [
      name,
      { description, required: !isOptional, schema: { type: 'string' as const, example } },
    ]),
  );
  return applyDecorators(
    ApiOperation({
      operationId: options.id,
      summary: options.summary,
      ...(options.description !== undefined && { description: options.description }),
    }),
    ApiResponse({
      status: options.status,
      type: options.answer,
      description: options.answerDescription,
      ...(options.headers && { headers }),
    }),
    ApiExtension(REMARKS, remarks),
  );
}

/** Where a page lies in its list. */
export class PaginationDto implements Pagination {
  @ApiProperty({ type: 'integer', minimum: 1, example: 1 })
  page!: number;

  @ApiProperty({ type: 'integer', minimum: 1, maximum: 100, example: 20 })
  limit!: number;

  @ApiProperty({ type: 'integer', minimum: 0, example: 1, description: 'Items on all pages' })
  total!: number;

  @ApiProperty({ type: 'integer', minimum: 0, example: 1, description: '0 if there is nothing' })
  totalPages!: number;
}

export class SuccessDto {
  @ApiProperty({ enum: [true], type: Boolean, example: true })
  success!: true;
}
