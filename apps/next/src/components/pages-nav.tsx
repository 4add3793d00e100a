import Link from 'next/link'
import type { ReactNode } from 'react'
import { pageCount } from '../lib/sim-card.ts'

/** Links to the neighbouring pages. */
export function PagesNav({ page, total }: { readonly page: number; readonly total: number }): ReactNode {
  const last = pageCount(total)
  if (last === 1) return null
  return (
    <nav className="pages" aria-label="Pages of SIM cards">
      {page > 1 && (
        <Link className="button" href={`/sims?page=${Math.min(page - 1, last)}`} prefetch={false}>
          Previous
        </Link>
      )}
      {page < last && (
        <Link className="button" href={`/sims?page=${page + 1}`} prefetch={false}>
          Next
        </Link>
      )}
    </nav>
  )
}
