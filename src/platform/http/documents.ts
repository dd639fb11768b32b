import { applyDecorators, type Type } from '@nestjs/common';
import { ApiExtension, ApiOperation, ApiProperty, ApiResponse } from '@nestjs/swagger';
import type { Pagination } from '../../kernel/page.js';

/** The extension under which a route names its refusals until the document is finished. */
export const REFUSALS = 'x-refusals';

interface OperationOptions {
  /** The operation's name in generated clients. */
  readonly id: string;
  readonly summary: string;
  readonly description?: string;
  readonly status: 200 | 201;
  readonly answer: Type;
  readonly answerDescription: string;
  /** The refusals of this route beside those of all routes of its kind. */
  readonly refusals?: readonly (400 | 404 | 409)[];
  readonly headers?: Record<string, string>;
}

/** How the OpenAPI document shows a route. */
export function Operation(options: OperationOptions): MethodDecorator {
  const headers = Object.fromEntries(
    Object.entries(options.headers ?? {}).map(([name, description]) => [
      name,
      { description, schema: { type: 'string' as const } },
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
    ApiExtension(REFUSALS, options.refusals ?? []),
  );
}

/** Where a page lies in its list. */
export class PaginationDto implements Pagination {
  @ApiProperty({ type: 'integer', minimum: 1, example: 1 })
  page!: number;

  @ApiProperty({ type: 'integer', minimum: 1, maximum: 100, example: 20 })
  limit!: number;

  @ApiProperty({ type: 'integer', minimum: 0, example: 42 })
  total!: number;

  @ApiProperty({ type: 'integer', minimum: 0, example: 3 })
  totalPages!: number;
}

export class SuccessDto {
  @ApiProperty({ enum: [true], type: Boolean, example: true })
  success!: true;
}
