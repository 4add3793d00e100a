import type { ReactNode } from 'react'

/** The mark of Evergrant. `size` is in CSS pixels (default 40). */
export function Logo({ size = 40 }: { readonly size?: number | undefined }): ReactNode {
  return (
    <svg className="logo" viewBox="0 0 44 44" width={size} height={size} aria-hidden="true" fill="none">
      <rect width="44" height="44" rx="11" />
      <path d="M32.5 16.2A12 12 0 1 0 34 22" />
      <path d="M33.6 9.4v7.6H26" />
      <circle cx="22" cy="22" r="3.6" />
    </svg>
  )
}
