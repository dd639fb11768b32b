import type { PageRequest } from '../../kernel/page.js';
import { WholeParameter } from './fields.js';

const FIRST_PAGE = 1;
const USUAL_LIMIT = 20;

/** The query parameters of every list. */
export class PageQuery {
  @WholeParameter({ max: 999_999_999, standard: FIRST_PAGE, description: 'Which page, from 1' })
  page?: number;

  @WholeParameter({ max: 100, standard: USUAL_LIMIT, description: 'Items a page' })
  limit?: number;
}

export function pageRequest({ page = FIRST_PAGE, limit = USUAL_LIMIT }: PageQuery): PageRequest {
  return { page, limit };
}
