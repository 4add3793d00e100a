import { ApiError } from './api-error.ts'

/** A page on its way to the client. */
export interface Page {
  readonly body: unknown
  readonly headers?: Readonly<Record<string, string>>
}

/** An API's style of paging. */
export interface Paging {
  /** The query parameters it reads. */
  readonly parameters: readonly [string, string]
  /** @throws {ApiError} a parameter is out of range */
  page(records: readonly object[], query: URLSearchParams, url: URL): Page
}

/** Reads a whole number from the query. */
export function wholeNumber(
  query: URLSearchParams,
  name: string,
  range: { readonly min: number; readonly max: number; readonly fallback: number },
): number {
  const text = query.get(name)
  if (text === null) return range.fallback
  const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN
  if (value >= range.min && value <= range.max) return value
  throw new ApiError(
    400,
    'invalid_parameter',
    `${name} must be a whole number from ${range.min} to ${range.max}`,
  )
}

const anyPage = 1_000_000

/** Spring Data's pages: `page` counts from 0, `size` up to 100 (default 20), records in `content`. */
export const springPages: Paging = {
  parameters: ['page', 'size'],
  page: (records, query) => {
    const number = wholeNumber(query, 'page', { min: 0, max: anyPage, fallback: 0 })
    const size = wholeNumber(query, 'size', { min: 1, max: 100, fallback: 20 })
    const totalElements = records.length
    const page = { number, size, totalElements, totalPages: Math.ceil(totalElements / size) }
    return { body: { content: records.slice(number * size, (number + 1) * size), page } }
  },
}

/** `limit` (up to 200, default 50) and `offset`, records in `response`. */
export const limitAndOffset: Paging = {
  parameters: ['limit', 'offset'],
  page: (records, query) => {
    const limit = wholeNumber(query, 'limit', { min: 1, max: 200, fallback: 50 })
    const offset = wholeNumber(query, 'offset', { min: 0, max: anyPage, fallback: 0 })
    const response = records.slice(offset, offset + limit)
    return { body: { response, total: records.length, limit, offset } }
  },
}

/** `page` counts from 1, `pageSize` up to 100 (default 25), records in `items`. */
export const numberedPages: Paging = {
  parameters: ['page', 'pageSize'],
  page: (records, query) => {
    const page = wholeNumber(query, 'page', { min: 1, max: anyPage, fallback: 1 })
    const pageSize = wholeNumber(query, 'pageSize', { min: 1, max: 100, fallback: 25 })
    const items = records.slice((page - 1) * pageSize, page * pageSize)
    return { body: { items, page, pageSize, total: records.length } }
  },
}

/**
 * `page` counts from 1, `per_page` up to 100 (default 25); the body is the bare array, the total is in
 * `X-Total-Count`, and the neighbouring pages are in `Link` (RFC 8288).
 */
export const linkedPages: Paging = {
  parameters: ['page', 'per_page'],
  page: (records, query, url) => {
    const page = wholeNumber(query, 'page', { min: 1, max: anyPage, fallback: 1 })
    const perPage = wholeNumber(query, 'per_page', { min: 1, max: 100, fallback: 25 })
    const last = Math.max(1, Math.ceil(records.length / perPage))
    const link = (rel: string, to: number): string => {
      const target = new URL(url)
      target.searchParams.set('page', String(to))
      target.searchParams.set('per_page', String(perPage))
      return `<${target.href}>; rel="${rel}"`
    }
    const links = [
      link('first', 1),
      ...(page > 1 ? [link('prev', Math.min(page - 1, last))] : []),
      ...(page < last ? [link('next', page + 1)] : []),
      link('last', last),
    ]
    return {
      body: records.slice((page - 1) * perPage, page * perPage),
      headers: { 'x-total-count': String(records.length), link: links.join(', ') },
    }
  },
}
