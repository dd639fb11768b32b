/** Which page of a list is asked for: `page` from 1, `limit` items a page. */
export interface PageRequest {
  readonly page: number;
  readonly limit: number;
}

export interface Pagination {
  page: number;
  limit: number;
  total: number;
  totalPages: number;
}

export interface Page<Item> {
  data: Item[];
  pagination: Pagination;
}

export function offsetOf({ page, limit }: PageRequest): number {
  return (page - 1) * limit;
}

/** A page past the end is empty and bears the true totals; nothing at all is zero pages. */
export function pageOf<Item>(data: Item[], { page, limit }: PageRequest, total: number): Page<Item> {
  return { data, pagination: { page, limit, total, totalPages: Math.ceil(total / limit) } };
}
